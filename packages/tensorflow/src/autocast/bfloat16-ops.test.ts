import {
  memory,
  ones,
  randomNormal,
  relu,
  scalar,
  type Tensor,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attribute, type OpAttribute } from '../native/attributes.ts';
import { DataType } from '../native/data-types.ts';
import { activeNativeBackend, type NativeBackend } from '../native/native-backend.ts';
import { BFLOAT16_OPS, isTyped } from './bfloat16-ops.ts';
import { obstacleToBfloat16, thisMachine } from './bfloat16-support.ts';
import { precision } from './precision.ts';

/** Half a unit in the last of bfloat16's 8 bits: what rounding a result to bfloat16 may change it by, relative. */
const ROUNDING = 2 ** -8;

interface Call {
  readonly inputs: readonly Tensor[];
  readonly attributes?: readonly OpAttribute[];
  readonly outputs?: number;
}

/** Values that bfloat16 holds, so that only what the op does to them can differ. */
function values(...shape: number[]): Tensor {
  return tidy(() => {
    const bits = new Uint32Array(randomNormal(shape, 0, 1, 'float32', 7).dataSync().slice().buffer);
    return tensor(new Float32Array(bits.map((word) => word & 0xffff0000).buffer), shape);
  });
}

const integers = (...numbers: number[]) => tensor1d(numbers, 'int32');
const pairs = (...rows: [number, number][]) => tensor2d(rows, [rows.length, 2], 'int32');
const index = (name: string) => attribute.type(name, DataType.int32);
const geometry = (strides: number[], format: string) => [
  attribute.ints('strides', strides),
  attribute.string('padding', 'SAME'),
  attribute.string('data_format', format),
];
const convolution = geometry([1, 1, 1, 1], 'NHWC');
const convolution3d = geometry([1, 1, 1, 1, 1], 'NDHWC');
const pooling = [attribute.ints('ksize', [1, 2, 2, 1]), ...geometry([1, 2, 2, 1], 'NHWC')];
const product = (): Call => ({ inputs: [values(5, 40), values(40, 3)] });
const images = () => values(2, 6, 6, 4);
const unary = (): Call => ({ inputs: [images()] });
const binary = (): Call => ({ inputs: [images(), values(2, 6, 6, 4)] });

const normalization = [
  attribute.type('U', DataType.float32),
  attribute.float('epsilon', 1e-3),
  attribute.string('data_format', 'NHWC'),
  attribute.bool('is_training', true),
];
const normalize = (outputs: number) => (): Call => ({
  inputs: [images(), values(4), values(4), tensor1d([]), tensor1d([])],
  attributes: normalization,
  outputs,
});
const normalizeGradient = (version: string, outputs: number) => (): Call => {
  const forward = normalize(outputs)();
  const [, , , ...statistics] = run(`FusedBatchNorm${version}`, DataType.float32, forward);
  const [x, scale] = forward.inputs as [Tensor, Tensor];
  return { inputs: [images(), x, scale, ...statistics], attributes: normalization, outputs: 5 };
};
const poolingGradient = (): Call => {
  const x = images();
  const [y] = run('MaxPool', DataType.float32, { inputs: [x], attributes: pooling }) as [Tensor];
  return { inputs: [x, y, values(...y.shape)], attributes: pooling };
};

/** Without the arithmetic TensorFlow leaves products to Eigen, which sums up in bfloat16. */
const SUMS_IN_FLOAT32 = obstacleToBfloat16(thisMachine(false)) === undefined;

/** How often an op rounds, if not once: batch normalization what it has normalized, and what it has scaled. */
const ROUNDINGS: Readonly<Record<string, number>> = Object.fromEntries(
  [...BFLOAT16_OPS].flatMap(([name, { follows }]) => {
    if (follows === 'product') return [[name, SUMS_IN_FLOAT32 ? 1 : 8]];
    return name.startsWith('FusedBatchNorm') ? [[name, 2]] : [];
  }),
);

/** A call of each op of the table. */
const CALLS: Record<string, () => Call> = {
  Conv2D: () => ({ inputs: [images(), values(3, 3, 4, 5)], attributes: convolution }),
  Conv2DBackpropInput: () => ({
    inputs: [integers(2, 6, 6, 4), values(3, 3, 4, 5), values(2, 6, 6, 5)],
    attributes: convolution,
  }),
  Conv2DBackpropFilter: () => ({
    inputs: [images(), integers(3, 3, 4, 5), values(2, 6, 6, 5)],
    attributes: convolution,
  }),
  MatMul: product,
  BatchMatMul: product,
  BatchMatMulV2: product,
  Conv3D: () => ({ inputs: [values(1, 4, 4, 4, 3), values(3, 3, 3, 3, 2)], attributes: convolution3d }),
  Conv3DBackpropInputV2: () => ({
    inputs: [integers(1, 4, 4, 4, 3), values(3, 3, 3, 3, 2), values(1, 4, 4, 4, 2)],
    attributes: [...convolution3d, index('Tshape')],
  }),
  Conv3DBackpropFilterV2: () => ({
    inputs: [values(1, 4, 4, 4, 3), integers(3, 3, 3, 3, 2), values(1, 4, 4, 4, 2)],
    attributes: convolution3d,
  }),
  DepthwiseConv2dNative: () => ({ inputs: [images(), values(3, 3, 4, 1)], attributes: convolution }),
  DepthwiseConv2dNativeBackpropInput: () => ({
    inputs: [integers(2, 6, 6, 4), values(3, 3, 4, 1), images()],
    attributes: convolution,
  }),
  FusedBatchNormV2: normalize(5),
  FusedBatchNormV3: normalize(6),
  FusedBatchNormGradV2: normalizeGradient('V2', 5),
  FusedBatchNormGradV3: normalizeGradient('V3', 6),
  Relu: unary,
  ReluGrad: binary,
  Relu6: unary,
  Relu6Grad: binary,
  LeakyRelu: unary,
  LeakyReluGrad: binary,
  LoopwrightDropout: () => ({ inputs: [images(), integers(3, 4), scalar(0.3)], attributes: [] }),
  LoopwrightGelu: unary,
  LoopwrightGeluGrad: binary,
  LoopwrightGeluTanh: unary,
  LoopwrightGeluTanhGrad: binary,
  LoopwrightMish: unary,
  LoopwrightMishGrad: binary,
  LoopwrightSwish: unary,
  LoopwrightSwishGrad: binary,
  MaxPool: () => ({ inputs: [images()], attributes: pooling }),
  MaxPoolGrad: poolingGradient,
  LoopwrightMaxPoolGrad: () => ({
    inputs: [images(), values(2, 3, 3, 4)],
    attributes: ['window', 'strides', 'before'].map((name) => attribute.ints(name, [2, 2])),
  }),
  AvgPool: () => ({ inputs: [images()], attributes: pooling }),
  AvgPoolGrad: () => ({ inputs: [integers(2, 6, 6, 4), values(2, 3, 3, 4)], attributes: pooling }),
  BiasAdd: () => ({ inputs: [images(), values(4)], attributes: [attribute.string('data_format', 'NHWC')] }),
  Add: binary,
  AddV2: binary,
  AddN: () => ({ inputs: [images(), images(), images()], attributes: [attribute.int('N', 3)] }),
  Mul: binary,
  Reshape: () => ({ inputs: [images(), integers(12, 24)], attributes: [index('Tshape')] }),
  ExpandDims: () => ({ inputs: [images(), scalar(1, 'int32')], attributes: [index('Tdim')] }),
  Transpose: () => ({ inputs: [images(), integers(3, 1, 0, 2)], attributes: [index('Tperm')] }),
  Slice: () => ({
    inputs: [images(), integers(0, 1, 2, 0), integers(2, 3, 4, 2)],
    attributes: [index('Index')],
  }),
  StridedSlice: () => ({
    inputs: [images(), integers(0, 1, 0, 0), integers(2, 6, 6, 4), integers(1, 2, 3, 1)],
    attributes: [index('Index')],
  }),
  Pad: () => ({
    inputs: [images(), pairs([0, 0], [1, 2], [3, 0], [0, 0])],
    attributes: [index('Tpaddings')],
  }),
  PadV2: () => ({
    inputs: [images(), pairs([0, 0], [1, 2], [3, 0], [0, 0]), scalar(-2)],
    attributes: [index('Tpaddings')],
  }),
  ConcatV2: () => ({
    inputs: [images(), images(), scalar(3, 'int32')],
    attributes: [attribute.int('N', 2), index('Tidx')],
  }),
  Pack: () => ({
    inputs: [images(), images()],
    attributes: [attribute.int('N', 2), attribute.int('axis', 1)],
  }),
  ReverseV2: () => ({ inputs: [images(), integers(1, 2)], attributes: [index('Tidx')] }),
  ZerosLike: unary,
  SplitV: () => ({
    inputs: [images(), integers(1, 3), scalar(3, 'int32')],
    attributes: [attribute.int('num_split', 2), index('Tlen')],
    outputs: 2,
  }),
  ExtractImagePatches: () => ({
    inputs: [images()],
    attributes: [
      attribute.ints('ksizes', [1, 3, 3, 1]),
      attribute.ints('strides', [1, 1, 1, 1]),
      attribute.ints('rates', [1, 1, 1, 1]),
      attribute.string('padding', 'SAME'),
    ],
  }),
  SpaceToBatchND: () => ({
    inputs: [images(), integers(2, 3), pairs([0, 0], [0, 0])],
    attributes: [index('Tblock_shape'), index('Tpaddings')],
  }),
  BatchToSpaceND: () => ({
    inputs: [values(4, 3, 3, 2), integers(2, 2), pairs([0, 0], [0, 1])],
    attributes: [index('Tblock_shape'), index('Tcrops')],
  }),
};

const backend = () => activeNativeBackend() as NativeBackend;
const nativeType = (x: Tensor) => {
  const [id] = backend().getInputTensorIds([x]) as [number];
  return backend().binding.loopwright?.describeTensor(id).dtype;
};

function run(name: string, type: number, { inputs, attributes = [], outputs = 1 }: Call): Tensor[] {
  const { binding } = backend();
  const all = [attribute.type('T', type), ...attributes];
  return binding
    .executeOp(name, all, backend().getInputTensorIds(inputs), outputs)
    .map((metadata) => backend().createOutputTensor(metadata));
}

/** The results of a call and their native types; the first half of the outputs of batch normalization's gradient count. */
function results(name: string, type: number, call: Call) {
  const tensors = run(name, type, call).slice(0, name.startsWith('FusedBatchNorm') ? 3 : undefined);
  return tensors.map((x) => ({ type: nativeType(x), values: x.dataSync() }));
}

const ids = () => backend().binding.getNumOfTensors();

it('has a call for each op of the table', () => {
  expect(Object.keys(CALLS).sort()).toEqual([...BFLOAT16_OPS.keys()].sort());
});

it.each(Object.entries(CALLS))('%s in bfloat16 is float32 but for the rounding', (name, makeCall) => {
  const before = { tensors: memory().numTensors, ids: ids() };
  tidy(() => {
    const call = makeCall();
    const expected = results(name, DataType.float32, call);
    const actual = precision.reduce(
      'all',
      () => results(name, DataType.bfloat16, call),
      () => [],
    );
    const op = BFLOAT16_OPS.get(name);
    expect(actual[0]?.type).toBe(op?.ofWeight === true ? DataType.float32 : DataType.bfloat16);
    for (const [output, result] of expected.entries()) {
      const tolerance = ROUNDING * (ROUNDINGS[name] ?? 1) * 1.01;
      const largest = Math.max(...result.values.map(Math.abs));
      for (const [i, value] of result.values.entries()) {
        expect(Math.abs((actual[output]?.values[i] as number) - value)).toBeLessThanOrEqual(
          tolerance * largest,
        );
      }
    }
  });
  expect({ tensors: memory().numTensors, ids: ids() }).toEqual(before);
});

it('counts inputs with types of their own from either end', () => {
  const concat = BFLOAT16_OPS.get('ConcatV2');
  expect([0, 1, 2].map((input) => isTyped(concat as never, input, 3))).toEqual([true, true, false]);
  const gradient = BFLOAT16_OPS.get('Conv2DBackpropFilter');
  expect([0, 1, 2].map((input) => isTyped(gradient as never, input, 3))).toEqual([true, false, true]);
});

it('follows inputs: bfloat16 only where what decides is so', () => {
  tidy(() => {
    const types = precision.reduce(
      'all',
      () => {
        const reduced = run('MatMul', DataType.float32, product())[0] as Tensor;
        const plain = ones(reduced.shape);
        const vector = ones([3]);
        return {
          product: nativeType(reduced),
          relu: nativeType(relu(reduced)),
          // The gradient follows the features, as those of the forward pass.
          followed: nativeType(run('ReluGrad', DataType.float32, { inputs: [plain, reduced] })[0] as Tensor),
          notFollowed: nativeType(
            run('ReluGrad', DataType.float32, { inputs: [reduced, plain] })[0] as Tensor,
          ),
          sum: nativeType(run('AddV2', DataType.float32, { inputs: [reduced, reduced] })[0] as Tensor),
          mixedSum: nativeType(run('AddV2', DataType.float32, { inputs: [reduced, plain] })[0] as Tensor),
          bias: nativeType(run('AddV2', DataType.float32, { inputs: [reduced, vector] })[0] as Tensor),
          zeros: nativeType(run('ZerosLike', DataType.float32, { inputs: [reduced] })[0] as Tensor),
          exponential: nativeType(run('Exp', DataType.float32, { inputs: [reduced] })[0] as Tensor),
          integers: nativeType(run('MatMul', DataType.int32, integerProduct())[0] as Tensor),
        };
      },
      () => [],
    );
    const { float32, bfloat16, int32 } = DataType;
    expect(types).toEqual({
      product: bfloat16,
      relu: bfloat16,
      followed: bfloat16,
      notFollowed: float32,
      sum: bfloat16,
      mixedSum: float32,
      bias: bfloat16,
      zeros: float32,
      exponential: float32,
      integers: int32,
    });
  });
});

function integerProduct(): Call {
  const matrix = () => tensor2d([1, 2, 3, 4], [2, 2], 'int32');
  return { inputs: [matrix(), matrix()] };
}
