/** How an op of TensorFlow takes part in bfloat16. */
export interface Bfloat16Op {
  /**
   * What makes it compute in bfloat16: one of its inputs being so, or all of them, or only that it is called so. `product`
   * marks what bfloat16 is for, the convolutions and matrix products.
   */
  readonly follows: number | 'all' | 'call' | 'product';
  /** Inputs whose type is not that of the op's attribute `T`; negative ones count from the last. */
  readonly others: readonly number[];
  /** Whether a float32 vector that is added to bfloat16 images becomes bfloat16 too: it is a bias. */
  readonly addsBias?: boolean;
  /** Whether its result is the gradient of a weight, which leaves as float32. */
  readonly ofWeight?: boolean;
  /** Whether algorithms are made of it, and its type may have been chosen with the algorithm. */
  readonly chosen?: boolean;
}

const product = (...others: number[]): Bfloat16Op => ({ follows: 'product', others });
const chosen = (...others: number[]): Bfloat16Op => ({ ...product(...others), chosen: true });
const follows = (input: number | 'all' | 'call', ...others: number[]): Bfloat16Op => ({
  follows: input,
  others,
});

/**
 * The ops that may compute in bfloat16; all others get float32. Each exists for bfloat16 on CPUs, accumulates in float32
 * where it sums (`AddN` rounds between its terms, of which a gradient has two or three), and takes less time than the
 * casts around it would. So these are not here: sigmoid, tanh, ELU, SELU and softplus, which take three to four times as
 * long as in float32; `BiasAddGrad`, which accumulates in bfloat16; the filters' gradient of depthwise convolutions, slower
 * up to fivefold; softmax, losses and all reductions.
 */
export const BFLOAT16_OPS: ReadonlyMap<string, Bfloat16Op> = new Map(
  Object.entries({
    Conv2D: chosen(),
    Conv2DBackpropInput: chosen(0),
    Conv2DBackpropFilter: { ...chosen(1), ofWeight: true },
    MatMul: chosen(),
    BatchMatMul: chosen(),
    BatchMatMulV2: chosen(),
    Conv3D: product(),
    Conv3DBackpropInputV2: product(0),
    Conv3DBackpropFilterV2: { ...product(1), ofWeight: true },
    DepthwiseConv2dNative: product(),
    DepthwiseConv2dNativeBackpropInput: product(0),

    FusedBatchNormV2: follows(0, 1, 2, 3, 4),
    FusedBatchNormV3: follows(0, 1, 2, 3, 4),
    FusedBatchNormGradV2: follows(1, 2, 3, 4),
    FusedBatchNormGradV3: follows(1, 2, 3, 4, 5),

    Relu: follows(0),
    ReluGrad: follows(1),
    Relu6: follows(0),
    Relu6Grad: follows(1),
    LeakyRelu: follows(0),
    LeakyReluGrad: follows(1),
    LoopwrightDropout: follows(0, 1, 2),
    LoopwrightGelu: follows(0),
    LoopwrightGeluGrad: follows(1),
    LoopwrightGeluTanh: follows(0),
    LoopwrightGeluTanhGrad: follows(1),
    LoopwrightMish: follows(0),
    LoopwrightMishGrad: follows(1),
    LoopwrightSwish: follows(0),
    LoopwrightSwishGrad: follows(1),

    MaxPool: follows(0),
    MaxPoolGrad: follows(0),
    LoopwrightMaxPoolGrad: follows(0),
    AvgPool: follows(0),
    AvgPoolGrad: follows(1, 0),

    BiasAdd: follows(0),
    Add: { ...follows('all'), addsBias: true },
    AddV2: { ...follows('all'), addsBias: true },
    AddN: follows('all'),
    Mul: follows('all'),

    Reshape: follows(0, 1),
    ExpandDims: follows(0, 1),
    Transpose: follows(0, 1),
    Slice: follows(0, 1, 2),
    StridedSlice: follows(0, 1, 2, 3),
    Pad: follows(0, 1),
    PadV2: follows(0, 1),
    ConcatV2: follows('all', -1),
    Pack: follows('all'),
    ReverseV2: follows(0, 1),
    ZerosLike: follows('call'),
    SplitV: follows(0, 1, 2),
    ExtractImagePatches: follows(0),
    SpaceToBatchND: follows(0, 1, 2),
    BatchToSpaceND: follows(0, 1, 2),
  } satisfies Record<string, Bfloat16Op>),
);

/** Whether the input at `index` has the type of the op's attribute `T`. */
export function isTyped(op: Bfloat16Op, index: number, inputs: number): boolean {
  return !op.others.includes(index) && !op.others.includes(index - inputs);
}
