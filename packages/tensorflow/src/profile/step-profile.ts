import type { AlgorithmReport } from '../algorithms/index.ts';

/** Where the time and memory of a step went: plain data. All figures are averages over the measured steps. */
export interface StepProfile {
  /** How many steps were measured. */
  readonly steps: number;
  readonly milliseconds: StepTime;
  /** The largest share first. */
  readonly ops: readonly OpProfile[];
  /** What oneDNN computed; undefined unless the program runs with `ONEDNN_VERBOSE=1`. */
  readonly primitives: readonly PrimitiveProfile[] | undefined;
  /** Of all convolutions and matrix products of this process so far: the algorithm taken, and what the others cost. */
  readonly algorithms: readonly AlgorithmReport[];
  readonly memory: StepMemory;
}

/** The time of a step, in milliseconds: `total = ops + dispatch + host`. */
export interface StepTime {
  readonly total: number;
  /** While at least one op computed. */
  readonly ops: number;
  /** While TensorFlow was at work and no op computed: looking up kernels, scheduling, running allocations. */
  readonly dispatch: number;
  /** The rest: JavaScript, and the way from there to TensorFlow and back. */
  readonly host: number;
}

/** The runs of one op, inside compiled functions and outside. */
export interface OpProfile {
  /** TensorFlow's name for the kind of op. */
  readonly name: string;
  /** Whether oneDNN computes it. */
  readonly oneDnn: boolean;
  /** The shapes of its inputs such as `[32,8,8,16] [3,3,16,8]`; only of a profile by shapes. */
  readonly shapes: string | undefined;
  readonly count: number;
  /** How long the runs took in all. Where ops run side by side this adds up to more than the step's time. */
  readonly milliseconds: number;
  /** The part of the step's time, from 0 to 1; ops that run side by side share their time equally. */
  readonly share: number;
}

/** The runs of one primitive of oneDNN: one implementation for one problem. */
export interface PrimitiveProfile {
  /** For example `convolution`. */
  readonly kind: string;
  /** oneDNN's name of the code that ran, for example `brg_conv_fwd:avx512_core`. */
  readonly implementation: string;
  /** The direction, for example `backward_weights`; `undef` where there is none. */
  readonly direction: string;
  /** The sizes, in oneDNN's notation. */
  readonly problem: string;
  readonly count: number;
  readonly milliseconds: number;
}

/** Memory during a step, in bytes. */
export interface StepMemory {
  /**
   * The most that TensorFlow's allocators held at once, with what was there before the step; values of 256 KiB and less
   * are not counted. Undefined if they said nothing: without larger values, without oneDNN, or without our extension.
   */
  readonly peakBytes: number | undefined;
  /** What they held before the step. */
  readonly startBytes: number | undefined;
  /** What they held after it. */
  readonly endBytes: number | undefined;
  /** The most memory that the process held at once, all its libraries included; undefined elsewhere than on Linux. */
  readonly residentPeakBytes: number | undefined;
}
