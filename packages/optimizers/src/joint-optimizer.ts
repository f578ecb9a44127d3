import { type Checker, checker, checkState, type StateDict, show, stateRecord } from '@loopwright/core';
import type { Scalar } from '@tensorflow/tfjs-core';
import type { Gradients } from './gradients.ts';
import { isOptimizer, minimize, type Optimizer, step } from './optimizer.ts';
import { type MatchedGradient, ParameterSet } from './parameter-set.ts';

const stateVersion = 1;
const check: Checker = checker('optimizers', 'JointOptimizer');

/**
 * Several optimizers, each with parameters of its own, as one: one `minimize` computes the gradients of all, and each
 * gradient goes to the optimizer whose parameter it is. Schedulers, guards and checkpoints take it as any other;
 * its groups are those of all, in order.
 *
 * It takes the optimizers over: step, save, and dispose this one only.
 *
 * @throws LoopwrightError if it is given none, something else, or two optimizers that share a parameter or a name of one
 * @example
 * const isHead = (name: string) => name.startsWith('head/');
 * const optimizer = new JointOptimizer([
 *   new SGD([{ name: 'backbone', params: model, select: (name) => !isHead(name) }], { learningRate: 1e-3, momentum: 0.9 }),
 *   new AdamW([{ name: 'head', params: model, select: isHead }]),
 * ]);
 */
export class JointOptimizer implements Optimizer {
  readonly optimizers: readonly Optimizer[];
  readonly parameters: ParameterSet;

  constructor(optimizers: readonly Optimizer[]) {
    if (!Array.isArray(optimizers) || optimizers.length === 0) {
      check.fail(`optimizers must be a list of at least one, got ${show(optimizers)}`);
    }
    for (const [index, optimizer] of optimizers.entries()) {
      if (!isOptimizer(optimizer))
        check.fail(`optimizers[${index}] must be an optimizer, got ${show(optimizer)}`);
    }
    this.optimizers = [...optimizers];
    this.parameters = new ParameterSet(
      check,
      optimizers.flatMap(({ parameters }) => parameters.sources),
    );
  }

  get paramGroups(): Optimizer['paramGroups'] {
    return this.optimizers.flatMap(({ paramGroups }) => paramGroups);
  }

  step(gradients: Gradients): void {
    step(this, gradients);
  }

  prepareStep(gradients: readonly MatchedGradient[]): () => void {
    const moves = this.optimizers.map((optimizer) =>
      optimizer.prepareStep(gradients.filter(({ name }) => optimizer.parameters.variables.has(name))),
    );
    return () => {
      for (const move of moves) move();
    };
  }

  minimize(loss: () => Scalar): Scalar {
    return minimize(this, 'JointOptimizer', loss);
  }

  stateDict(): StateDict {
    return { version: stateVersion, optimizers: this.optimizers.map((optimizer) => optimizer.stateDict()) };
  }

  /** Loads all or none: if one refuses its state, those before it get theirs back. */
  loadStateDict(state: StateDict): void {
    const { optimizers: saved } = checkState(check, state, stateVersion, ['optimizers']);
    if (!Array.isArray(saved) || saved.length !== this.optimizers.length) {
      check.fail(`state.optimizers must be ${this.optimizers.length} states, got ${show(saved)}`);
    }
    const states = saved.map(
      (each, index) => stateRecord(check, `state.optimizers[${index}]`, each) as StateDict,
    );
    const before: StateDict[] = [];
    try {
      for (const [index, optimizer] of this.optimizers.entries()) {
        before.push(optimizer.stateDict());
        optimizer.loadStateDict(states[index] as StateDict);
      }
    } catch (error) {
      for (const [index, kept] of before.entries()) this.optimizers[index]?.loadStateDict(kept);
      throw error;
    }
  }

  dispose(): void {
    for (const optimizer of this.optimizers) optimizer.dispose();
  }
}
