/** One step of a range test. */
export interface RangePoint {
  /** From 0. */
  readonly step: number;
  /** The learning rate of the step; of several groups the highest. */
  readonly lr: number;
  /** The training loss before the step. */
  readonly loss: number;
  /** The debiased moving average of `loss`, or of `validationLoss` where there is one. */
  readonly smoothed: number;
  /** The mean loss of the validation samples after the step. */
  readonly validationLoss?: number;
}

/** What was measured at one step. */
export type Measurement = Omit<RangePoint, 'smoothed'>;

/** Why a range test ended. */
export type Ending = 'completed' | 'diverged' | 'not finite';

/**
 * The losses of a range test with their exponential moving average, free of the bias towards its start at 0:
 *
 *     average ← β · average + (1 − β) · loss        smoothed = average / (1 − β^(n))
 *
 * after n losses. It tells when the smoothed loss has left the smallest one so far too far behind.
 */
export class LossCurve {
  readonly points: RangePoint[] = [];
  private readonly smoothing: number;
  private readonly divergence: number;
  private average = 0;
  private best = Number.POSITIVE_INFINITY;
  private end: Ending = 'completed';

  constructor({ smoothing, divergence }: { readonly smoothing: number; readonly divergence: number }) {
    this.smoothing = smoothing;
    this.divergence = divergence;
  }

  /** `completed` as long as nothing has ended the test. */
  get ending(): Ending {
    return this.end;
  }

  /** Adds a point; those after the one that ended the test are ignored. */
  add(measured: Measurement): void {
    if (this.end !== 'completed') return;
    const value = measured.validationLoss ?? measured.loss;
    this.average = this.smoothing * this.average + (1 - this.smoothing) * value;
    const smoothed = this.average / (1 - this.smoothing ** (this.points.length + 1));
    this.points.push({ ...measured, smoothed });
    this.best = Math.min(this.best, smoothed);
    if (!Number.isFinite(smoothed) || !Number.isFinite(measured.loss)) this.end = 'not finite';
    else if (smoothed > divergenceLimit(this.best, this.divergence)) this.end = 'diverged';
  }
}

/** `factor · best`, and as far above the best where that is negative. */
function divergenceLimit(best: number, factor: number): number {
  return factor === Number.POSITIVE_INFINITY ? factor : best + (factor - 1) * Math.abs(best);
}
