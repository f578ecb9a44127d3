import type { ConvolutionCall } from './calls.ts';

/** A convolution along one axis of its maps. */
export interface Axis {
  /** Lengths of the input, the output and the filter. */
  readonly input: number;
  readonly output: number;
  readonly taps: number;
  readonly stride: number;
  /** Zeros before and after the input. */
  readonly before: number;
  readonly after: number;
}

/** What is left of a window where the zeros of the padding are taken away; the ends are not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** The taps that meet these pixels, in the same order. */
  readonly firstTap: number;
  readonly endTap: number;
}

/** The two axes of a convolution without dilation. */
export function axesOf({ input, filter, output, strides, padding }: ConvolutionCall): [Axis, Axis] {
  const { top, bottom, left, right } = padding;
  return [
    {
      input: input[1],
      output: output[1],
      taps: filter[0],
      stride: strides[0],
      before: top,
      after: bottom,
    },
    {
      input: input[2],
      output: output[2],
      taps: filter[1],
      stride: strides[1],
      before: left,
      after: right,
    },
  ];
}

/** The pixels that one output position sees. */
export function windowAt({ input, taps, stride, before }: Axis, position: number): Span {
  const origin = position * stride - before;
  const start = Math.min(Math.max(0, origin), input);
  const end = Math.max(start, Math.min(input, origin + taps));
  return { start, end, firstTap: start - origin, endTap: end - origin };
}

/** The output positions in which one tap meets a pixel rather than a zero of the padding; the end is not included. */
export function positionsOf({ input, output, stride, before }: Axis, tap: number): [number, number] {
  const start = Math.max(0, Math.ceil((before - tap) / stride));
  const end = Math.min(output, Math.floor((input - 1 + before - tap) / stride) + 1);
  return [start, Math.max(start, end)];
}

/** How many pixels a span covers. */
export function lengthOf({ start, end }: Span): number {
  return end - start;
}

/** All output positions of an axis. */
export function positions({ output }: Axis): number[] {
  return Array.from({ length: output }, (_, position) => position);
}

export function isPadded({ padding }: ConvolutionCall): boolean {
  return Object.values(padding).some((zeros) => zeros > 0);
}

export function isDilated({ dilations }: ConvolutionCall): boolean {
  return dilations[0] > 1 || dilations[1] > 1;
}

/** Whether the padding is what TensorFlow calls `SAME`. */
export function isSamePadding(call: ConvolutionCall): boolean {
  return axesOf(call).every((axis, index) => {
    const reach = (axis.taps - 1) * (call.dilations[index] ?? 1) + 1;
    const zeros = Math.max(0, (Math.ceil(axis.input / axis.stride) - 1) * axis.stride + reach - axis.input);
    return axis.before === Math.floor(zeros / 2) && axis.after === Math.ceil(zeros / 2);
  });
}

/** The same convolution of an image that holds its padding already. */
export function withoutPadding(call: ConvolutionCall): ConvolutionCall {
  const { top, bottom, left, right } = call.padding;
  const [batch, height, width, channels] = call.input;
  const input = [batch, height + top + bottom, width + left + right, channels] as const;
  return { ...call, input, padding: { top: 0, bottom: 0, left: 0, right: 0 } };
}
