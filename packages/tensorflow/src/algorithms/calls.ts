/** What a convolution or matrix product computes in. TensorFlow.js has no bfloat16; its tensors are native ones. */
export type ComputeDtype = 'float32' | 'bfloat16';

export type Pair = readonly [number, number];
/** [batch, height, width, channels] */
export type ImageShape = readonly [number, number, number, number];
/** [height, width, input channels, output channels] */
export type FilterShape = readonly [number, number, number, number];

/** Zeros around an image, in pixels. */
export interface Padding {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The three directions of a convolution, by the names of TensorFlow's ops. */
export type ConvolutionOperation = 'Conv2D' | 'Conv2DBackpropInput' | 'Conv2DBackpropFilter';

/**
 * A convolution, or one of its two gradients, as far as it can matter for which algorithm is the fastest. In all three
 * directions `input`, `filter` and `output` are the shapes of the forward convolution.
 *
 * The operands are, in this order: of `Conv2D` the input and the filter; of `Conv2DBackpropInput` the filter and the
 * output's gradient; of `Conv2DBackpropFilter` the input and the output's gradient.
 */
export interface ConvolutionCall {
  readonly operation: ConvolutionOperation;
  readonly input: ImageShape;
  readonly filter: FilterShape;
  readonly output: ImageShape;
  readonly strides: Pair;
  readonly dilations: Pair;
  readonly padding: Padding;
  readonly dtype: ComputeDtype;
}

/** A product of two matrices, or of two batches of them; `a` and `b` are shapes before transposition. */
export interface MatrixProductCall {
  readonly operation: 'BatchMatMul';
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly dtype: ComputeDtype;
}

export type Call = ConvolutionCall | MatrixProductCall;
