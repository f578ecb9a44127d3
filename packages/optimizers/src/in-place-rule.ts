import type { GradientUpdate, InPlaceUpdates } from '@loopwright/core/tensors';

/** The kernels that move parameters by their gradients. */
export type UpdateKernel = {
  [K in keyof InPlaceUpdates]: InPlaceUpdates[K] extends GradientUpdate ? K : never;
}[keyof InPlaceUpdates];

/** The numbers of a kernel; its `sign` follows from `maximize`. */
export type KernelNumbers<K extends UpdateKernel> = Omit<
  {
    [N in keyof InPlaceUpdates[K] as InPlaceUpdates[K][N] extends number | boolean
      ? N
      : never]: InPlaceUpdates[K][N];
  },
  'sign'
>;

/** What a kernel's numbers depend on. */
export interface InPlaceInput<H> {
  /** The parameter's name. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly hyper: Readonly<H>;
  /** As in `UpdateInput`. */
  readonly step: number;
  /** Whether a slot was not there before this step; it is full of zeros then. */
  isNew(slot: string): boolean;
}

/** The same update as a rule's `apply`, for engines that change variables in place. */
export interface InPlaceRule<H, K extends UpdateKernel = UpdateKernel> {
  /** What computes it; the rule's slots are called as the kernel's variables. */
  readonly kernel: K;
  /** Slots that the update has under these hyper-parameters. */
  slots(hyper: Readonly<H>): readonly string[];
  /** The kernel's numbers, or undefined for a parameter that it cannot update. */
  numbers(input: InPlaceInput<H>): KernelNumbers<K> | undefined;
}
