import {
  type Checker,
  checker,
  checkState,
  type HasParamGroups,
  type StateDict,
  show,
} from '@loopwright/core';
import { hostEffect, hostGuard } from '@loopwright/core/tensors';
import {
  clipGradNorm,
  type Gradients,
  type MatchedGradient,
  type Optimizer,
  type ParameterSet,
} from '@loopwright/optimizers';
import { dispose, type Scalar, type Tensor, tidy, variableGrads } from '@tensorflow/tfjs-core';
import { firstNotFinite } from './first-not-finite.ts';

/** Options of {@link FiniteGuard}. */
export interface FiniteGuardOptions {
  /** What a step becomes whose loss or gradients are not all finite: left out, the default, or an error. */
  readonly onBad?: 'skip' | 'throw';
  /** So many steps in a row may be left out, then it is an error; 10 by default. */
  readonly maxInARow?: number;
  /** Clips the gradients' joint norm to this, before the step: the norm tells of the gradients, so they are not looked through. */
  readonly clipNorm?: number;
  /** Told of each step that is left out. */
  readonly onSkip?: (bad: NotFinite) => void;
}

/** A step that had something in it that is not finite. */
export interface NotFinite {
  /** The first parameter whose gradient is not finite, in the order of the gradients; undefined if it is the loss alone. */
  readonly parameter: string | undefined;
  /** Whether the loss is finite; undefined if it was not given. */
  readonly isLossFinite: boolean | undefined;
  /** In words. */
  readonly message: string;
}

const check: Checker = checker('guards', 'FiniteGuard');

/**
 * An optimizer that takes no step in which the loss or a gradient is NaN or infinite: weights, slots and counts of steps stay
 * as they are, bit for bit. It takes the other optimizer over: step, save and dispose this one.
 *
 * The values are looked at where they lie when the step is due, in a compiled function too, so nothing is read back; with
 * `clipNorm` that costs nothing, otherwise one pass over the gradients. On a GPU one flag a step is read.
 *
 * Unlike PyTorch's `GradScaler`, which it resembles, it scales nothing, and names what was not finite.
 *
 * @throws LoopwrightError for unknown options and values out of range; from a step, naming the parameter, if `onBad` is
 * `'throw'` or too many in a row are left out. Nothing has changed then: what was saved before is good
 * @example
 * const optimizer = new FiniteGuard(new AdamW(model, { learningRate: 1e-3 }), {
 *   clipNorm: 1,
 *   onSkip: ({ message }) => console.warn(message),
 * });
 * optimizer.minimize(() => crossEntropy(forward(images), labels)).dispose();
 * optimizer.skipped; // 0
 */
export class FiniteGuard implements Optimizer {
  /** The optimizer that steps. */
  readonly optimizer: Optimizer;
  private readonly onBad: 'skip' | 'throw';
  private readonly maxInARow: number;
  private readonly clipNorm: number | undefined;
  private readonly onSkip: (bad: NotFinite) => void;
  private count = 0;
  private inARow = 0;

  constructor(optimizer: Optimizer, options?: FiniteGuardOptions) {
    const {
      onBad = 'skip',
      maxInARow = 10,
      clipNorm,
      onSkip = () => {},
    } = check.options(options, ['onBad', 'maxInARow', 'clipNorm', 'onSkip']);
    if (typeof (optimizer as Optimizer | undefined)?.prepareStep !== 'function') {
      check.fail(`optimizer must be one of @loopwright/optimizers, got ${show(optimizer)}`);
    }
    this.optimizer = optimizer;
    this.onBad = check.oneOf('onBad', onBad, ['skip', 'throw']);
    this.maxInARow = check.integer('maxInARow', maxInARow, { min: 0 });
    this.clipNorm = clipNorm === undefined ? undefined : check.number('clipNorm', clipNorm, { above: 0 });
    this.onSkip = check.func('onSkip', onSkip);
  }

  /** Steps that were left out so far, earlier processes' included. */
  get skipped(): number {
    return this.count;
  }

  /** Steps that were left out since the last one that was taken. */
  get skippedInARow(): number {
    return this.inARow;
  }

  get parameters(): ParameterSet {
    return this.optimizer.parameters;
  }

  get paramGroups(): HasParamGroups['paramGroups'] {
    return this.optimizer.paramGroups;
  }

  /** @param loss looked at too, if it is given; borrowed */
  step(gradients: Gradients, loss?: Scalar): void {
    const matched = this.parameters.match(gradients);
    const given = matched.map(({ gradient }): Tensor => gradient);
    hostEffect(loss === undefined ? given : [...given, loss], (current) => {
      const moved = matched.map((match, i) => ({ ...match, gradient: current[i] as Tensor }));
      this.prepare(moved, loss === undefined ? undefined : (current.at(-1) as Scalar))();
    });
  }

  prepareStep(gradients: readonly MatchedGradient[]): () => void {
    return this.prepare(gradients, undefined);
  }

  minimize(loss: () => Scalar): Scalar {
    const variables = [...this.parameters.trainable().values()];
    hostGuard(() => [...this.parameters.trainable().keys()].join());
    if (variables.length === 0) check.fail('there is nothing to minimize: every parameter is frozen');
    return tidy(() => {
      const { value, grads } = variableGrads(loss, variables);
      this.step(grads, value);
      return value;
    });
  }

  stateDict(): StateDict {
    const { count, inARow } = this;
    return { version: 1, skipped: count, inARow, optimizer: this.optimizer.stateDict() };
  }

  loadStateDict(state: StateDict): void {
    const saved = checkState(check, state, 1, ['skipped', 'inARow', 'optimizer']);
    const skipped = check.integer('state.skipped', saved.skipped, { min: 0 });
    const inARow = check.integer('state.inARow', saved.inARow, { min: 0 });
    this.optimizer.loadStateDict(saved.optimizer as StateDict);
    this.count = skipped;
    this.inARow = inARow;
  }

  dispose(): void {
    this.optimizer.dispose();
    this.count = 0;
    this.inARow = 0;
  }

  private prepare(gradients: readonly MatchedGradient[], loss: Scalar | undefined): () => void {
    const { clipped, norm } = this.clip(gradients);
    const own = norm === undefined ? [] : [norm, ...clipped.map(({ gradient }) => gradient)];
    try {
      const looked = norm === undefined ? gradients.map(({ gradient }) => gradient) : [norm];
      const isGood = firstNotFinite(loss === undefined ? looked : [...looked, loss]) === -1;
      const move = isGood ? this.optimizer.prepareStep(clipped) : undefined;
      return () => {
        try {
          if (move === undefined) return this.leaveOut(describe(gradients, loss));
          move();
          this.inARow = 0;
        } finally {
          dispose(own);
        }
      };
    } catch (error) {
      dispose(own);
      throw error;
    }
  }

  private clip(gradients: readonly MatchedGradient[]): {
    clipped: readonly MatchedGradient[];
    norm?: Scalar;
  } {
    if (this.clipNorm === undefined || gradients.length === 0) return { clipped: gradients };
    const given = Object.fromEntries(gradients.map(({ name, gradient }) => [name, gradient]));
    const { grads, norm } = clipGradNorm(given, this.clipNorm);
    return { clipped: gradients.map((match) => ({ ...match, gradient: grads[match.name] as Tensor })), norm };
  }

  private leaveOut(bad: NotFinite): void {
    this.count += 1;
    this.inARow += 1;
    if (this.onBad === 'throw') check.fail(`${bad.message}; nothing was changed`);
    if (this.inARow > this.maxInARow) {
      check.fail(`${bad.message}, as in the ${this.inARow - 1} steps before; nothing was changed`);
    }
    this.onSkip(bad);
  }
}

/** Looks through everything, now that something is wrong. */
function describe(gradients: readonly MatchedGradient[], loss: Scalar | undefined): NotFinite {
  const parameter = gradients[firstNotFinite(gradients.map(({ gradient }) => gradient))]?.name;
  const isLossFinite = loss === undefined ? undefined : firstNotFinite([loss]) === -1;
  const parts = [
    ...(isLossFinite === false ? ['the loss is not finite'] : []),
    ...(parameter === undefined ? [] : [`the gradient of ${show(parameter)} is not finite`]),
  ];
  const message = parts.length === 0 ? 'the norm of the gradients is not finite' : parts.join(', and ');
  return { parameter, isLossFinite, message };
}
