import type { Variable } from '@tensorflow/tfjs-core';

/** Variables that are updated with the same hyper-parameters. */
export interface ParamGroup {
  readonly name: string;
  readonly params: Readonly<Record<string, Variable>>;
  /** Read at every step; this is what a scheduler sets. */
  learningRate: number;
  /** Other hyper-parameters of the optimizer (`momentum`, `beta1`, `weightDecay` …), read at every step too. */
  [hyperParameter: string]: unknown;
}

/** All that a scheduler needs of an optimizer. */
export interface HasParamGroups {
  readonly paramGroups: readonly { learningRate: number; [hyperParameter: string]: unknown }[];
}
