import { dispose, type Scalar, stack } from '@tensorflow/tfjs-core';
import type { LossCurve } from './loss-curve.ts';

/** A step whose losses are still on the device. */
interface HeldStep {
  readonly step: number;
  readonly lr: number;
  readonly loss: Scalar;
  validationLoss?: Scalar;
}

/** Reads losses off the device for a curve, those of several steps at once. It owns the losses that it is given. */
export class LossReader {
  private readonly curve: LossCurve;
  private readonly every: number;
  private held: HeldStep[] = [];

  constructor(curve: LossCurve, every: number) {
    this.curve = curve;
    this.every = every;
  }

  hold(step: Omit<HeldStep, 'validationLoss'>): void {
    this.held.push({ ...step });
  }

  /** The validation loss of the step that was held last. */
  holdValidation(loss: Scalar): void {
    (this.held.at(-1) as HeldStep).validationLoss = loss;
  }

  async readIfDue(): Promise<void> {
    if (this.held.length >= this.every) await this.read();
  }

  async read(): Promise<void> {
    const held = this.held;
    if (held.length === 0) return;
    const losses = await readScalars(held.map(({ loss }) => loss));
    const validated = held.flatMap(({ validationLoss }) => validationLoss ?? []);
    const validations = validated.length === 0 ? [] : await readScalars(validated);
    for (const [index, { step, lr }] of held.entries()) {
      const validationLoss = validations[index];
      const measured = { step, lr, loss: losses[index] as number };
      this.curve.add(validationLoss === undefined ? measured : { ...measured, validationLoss });
    }
    this.dispose();
  }

  /** Frees the losses that were not read. */
  dispose(): void {
    for (const { loss, validationLoss } of this.held)
      dispose([loss, ...(validationLoss ? [validationLoss] : [])]);
    this.held = [];
  }
}

async function readScalars(scalars: readonly Scalar[]): Promise<ArrayLike<number>> {
  const values = stack([...scalars]);
  try {
    return await values.data();
  } finally {
    values.dispose();
  }
}
