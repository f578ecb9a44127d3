import { clone, type Tensor, tidy, type Variable } from '@tensorflow/tfjs-core';

/** Variables by name. */
export type Variables = Readonly<Record<string, Variable>>;

/** Variables of models that hold averages at present, whichever `AveragedModel` put them there. */
const holding = new WeakSet<Variable>();

/** Whether any of a model's variables holds an average at present. */
export function holdsAverages(model: Variables): boolean {
  return Object.values(model).some((held) => holding.has(held));
}

/**
 * Exchanges the values of a model's variables with those of the same names in `averages`, and notes which side the
 * model is on. Only handles change places: nothing is copied, so a second exchange restores every bit.
 */
export function exchange(model: Variables, averages: Variables): void {
  tidy(() => {
    for (const [name, held] of Object.entries(model)) {
      const average = averages[name] as Variable;
      const value = clone(held as Tensor);
      held.assign(average);
      average.assign(value);
      if (!holding.delete(held)) holding.add(held);
    }
  });
}
