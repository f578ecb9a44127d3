/** How many inputs an output of a layer is the sum of, and how many outputs an input takes part in. */
export interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

/** A distribution around 0: normal, or uniform up to a bound. */
export type Spread = { readonly stddev: number } | { readonly bound: number };

/** What a layer's kernel and bias are drawn from; without `bias`, biases start at 0. */
export interface InitialWeights {
  readonly kernel: (fans: Fans) => Spread;
  readonly bias?: (fans: Fans) => Spread;
}

const inverseRootOfFanIn = ({ fanIn }: Fans): Spread => ({ bound: 1 / Math.sqrt(fanIn) });

/** What `torch.nn.Conv2d` and `torch.nn.Linear` start with: kernel and bias uniform in ±1 / √fanIn. */
export const torchDefault: InitialWeights = { kernel: inverseRootOfFanIn, bias: inverseRootOfFanIn };

/** `torch.nn.init.kaiming_normal_` with its defaults, of variance 2 / fanIn; biases 0. fastai starts with it. */
export const kaimingNormal: InitialWeights = { kernel: ({ fanIn }) => ({ stddev: Math.sqrt(2 / fanIn) }) };

/** `torch.nn.init.kaiming_normal_(mode='fan_out')`, of variance 2 / fanOut; biases 0. torchvision starts with it. */
export const kaimingNormalFanOut: InitialWeights = {
  kernel: ({ fanOut }) => ({ stddev: Math.sqrt(2 / fanOut) }),
};

/** `torch.nn.init.normal_(std=stddev)`; biases 0. */
export const normal = (stddev: number): InitialWeights => ({ kernel: () => ({ stddev }) });
