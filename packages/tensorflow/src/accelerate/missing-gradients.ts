import {
  add,
  cast,
  DepthToSpace,
  EluGrad,
  engine,
  FlipLeftRight,
  GatherNd,
  gatherND,
  image,
  less,
  MirrorPad,
  mul,
  range,
  reshape,
  ScatterNd,
  StridedSlice,
  scatterND,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  TopK,
  tensor1d,
  tensor2d,
  unsortedSegmentSum,
  util,
} from '@tensorflow/tfjs-core';
import { attribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { FLOAT, nativeOp } from './native-op.ts';
import { type KernelFamily, replaceGradient, replaceKernel, together } from './replacement.ts';

const INT32_INDICES = attribute.type('Index', DataType.int32);

/** Kernels of gradients, so that a gradient of theirs is an error rather than zero. */
const kernels: KernelFamily = together(
  () =>
    replaceKernel('StridedSliceGrad', ({ inputs: { dy }, attrs }) => {
      const vectors = [attrs.shape, attrs.begin, attrs.end, attrs.strides].map((values) =>
        tensor1d(values as number[], 'int32'),
      );
      const masks = {
        begin_mask: attrs.beginMask,
        end_mask: attrs.endMask,
        ellipsis_mask: attrs.ellipsisMask,
        new_axis_mask: attrs.newAxisMask,
        shrink_axis_mask: attrs.shrinkAxisMask,
      };
      const attributes = Object.entries(masks).map(([name, value]) => attribute.int(name, value as number));
      const result = nativeOp(
        'StridedSliceGrad',
        [FLOAT, INT32_INDICES, ...attributes],
        [...vectors, dy as Tensor],
      );
      for (const vector of vectors) vector.dispose();
      return result;
    }),
  () =>
    replaceKernel('SpaceToDepth', ({ inputs: { x }, attrs: { blockSize, dataFormat } }) =>
      nativeOp(
        'SpaceToDepth',
        [
          FLOAT,
          attribute.int('block_size', blockSize as number),
          attribute.string('data_format', dataFormat as string),
        ],
        [x as Tensor],
      ),
    ),
  () =>
    replaceKernel('MirrorPadGrad', ({ inputs: { dy }, attrs: { paddings, mode } }) => {
      const widths = tensor2d(paddings as number[][], undefined, 'int32');
      const attributes = [
        FLOAT,
        attribute.type('Tpaddings', DataType.int32),
        attribute.string('mode', (mode as string).toUpperCase()),
      ];
      const result = nativeOp('MirrorPadGrad', attributes, [dy as Tensor, widths]);
      widths.dispose();
      return result;
    }),
);

const run = (kernel: string, inputs: Record<string, Tensor>, attrs: object) =>
  engine().runKernel(kernel, inputs, attrs as never) as Tensor;

const gradients: KernelFamily = together(
  () =>
    replaceGradient(StridedSlice, {
      inputsToSave: ['x'],
      gradient: (dy, [x], attrs) => ({
        x: () => run('StridedSliceGrad', { dy }, { ...attrs, shape: (x as Tensor).shape }),
      }),
    }),
  () =>
    replaceGradient(DepthToSpace, {
      gradient: (dy, _saved, attrs) => ({ x: () => run('SpaceToDepth', { x: dy }, attrs) }),
    }),
  () =>
    replaceGradient(GatherNd, {
      inputsToSave: ['params', 'indices'],
      gradient: (dy, saved) => {
        const [params, indices] = saved as readonly [Tensor, Tensor];
        return { params: () => scatterSlices(dy, indices, params.shape), indices: () => indices };
      },
    }),
  () =>
    replaceGradient(FlipLeftRight, {
      gradient: (dy) => ({ image: () => image.flipLeftRight(dy as Tensor4D) }),
    }),
  () =>
    replaceGradient(ScatterNd, {
      inputsToSave: ['indices'],
      gradient: (dy, [indices]) => ({ updates: () => gatherND(dy, indices as Tensor) }),
    }),
  () =>
    replaceGradient(EluGrad, {
      inputsToSave: ['dy', 'y'],
      gradient: (ddy, saved) => {
        const [dy, y] = saved as readonly [Tensor, Tensor];
        return {
          dy: () => run(EluGrad, { dy: ddy, y }, {}),
          y: () => mul(mul(ddy, dy), cast(less(y, 0), 'float32')),
        };
      },
    }),
  // TensorFlow.js has one that leaves out what the mirror images pass back.
  () =>
    replaceGradient(MirrorPad, {
      gradient: (dy, _saved, attrs) => ({ x: () => run('MirrorPadGrad', { dy }, attrs) }),
    }),
  () =>
    replaceGradient(TopK, {
      inputsToSave: ['x'],
      outputsToSave: [false, true],
      gradient: (dys, saved) => {
        const [dy] = dys as unknown as readonly [Tensor, Tensor];
        const [x, indices] = saved as readonly [Tensor, Tensor];
        return { x: () => scatterRows(dy, indices, x) };
      },
    }),
);

/** Slices at their indices in a tensor of a shape, and zeros elsewhere; one slice too, whose indices are a vector. */
function scatterSlices(slices: Tensor, indices: Tensor, shape: number[]): Tensor {
  const depth = indices.shape.at(-1) as number;
  const count = util.sizeFromShape(indices.shape.slice(0, -1));
  const rows = reshape(slices, [count, ...shape.slice(depth)]);
  return scatterND(reshape(indices, [count, depth]), rows, shape as never);
}

/** Values at their indices along the last axis of a tensor of x's shape, and zeros elsewhere. */
function scatterRows(values: Tensor, indices: Tensor, x: Tensor): Tensor {
  const length = x.shape.at(-1) as number;
  const rows = x.size / length;
  const starts = reshape(range(0, x.size, length, 'int32'), [rows, 1]);
  const positions = add(reshape(indices, [rows, indices.shape.at(-1) as number]), starts);
  const flat = unsortedSegmentSum(
    reshape(values, [values.size]),
    reshape(positions, [values.size]) as Tensor1D,
    x.size,
  );
  return reshape(flat, x.shape);
}

/** Gradients of kernels that TensorFlow.js has none, or a wrong one, for. */
export const missingGradients: KernelFamily = together(kernels, gradients);
