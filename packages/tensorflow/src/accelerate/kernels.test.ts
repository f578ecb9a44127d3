import { compile, tf } from '@loopwright/tensorflow';
import { expectNoLeak } from '@loopwright/test-utils';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { accelerate } from './accelerate.ts';

/** A function of one tensor, differentiated at the values of `at`. */
interface Row {
  readonly f: (x: tf.Tensor) => tf.Tensor;
  readonly shape: number[];
  /** TensorFlow.js throws: it has no gradient, or refuses the call. Or its gradient is wrong. */
  readonly ours?: true | 'wrong';
}

const indices = () => tf.tensor1d([2, 0, 2], 'int32');
const labels = () => tf.tensor1d([1, 0, 3], 'int32');
const soft = () => tf.tensor2d([0.1, 0.2, 0.3, 0.4, 1, 0, 0, 0, 0, 0.5, 0.5, 0], [3, 4]);
const filter = () =>
  tf.tensor4d(
    Array.from({ length: 36 }, (_, i) => Math.sin(i)),
    [3, 3, 2, 2],
  );
const vector = (length: number) => tf.tensor1d(Array.from({ length }, (_, i) => 0.5 + Math.cos(i) ** 2));
const layer = (name: 'swish' | 'mish' | 'gelu' | 'gelu_new' | 'relu6') => (x: tf.Tensor) =>
  tf.layers.activation({ activation: name as 'swish' }).apply(x) as tf.Tensor;
const kernel = (name: string, inputs: Record<string, tf.Tensor>) =>
  (tf.engine().runKernel(name, inputs) as tf.Tensor[])[0] as tf.Tensor;

/** A function whose gradient is the second derivative of another. */
const slopeOf = (f: (x: tf.Tensor) => tf.Tensor) =>
  tf.grad((x: tf.Tensor) => {
    const y = f(x);
    return tf.sum(tf.mul(y, weightsFor(y)));
  });

/** Whatever is replaced; a new kernel is a row. */
const rows: Record<string, Row> = {
  relu: { f: tf.relu, shape: [3, 4] },
  relu6: { f: tf.relu6, shape: [3, 4] },
  elu: { f: tf.elu, shape: [3, 4] },
  selu: { f: tf.selu, shape: [3, 4] },
  leakyRelu: { f: (x) => tf.leakyRelu(x, 0.3), shape: [3, 4] },
  sigmoid: { f: tf.sigmoid, shape: [3, 4] },
  tanh: { f: tf.tanh, shape: [3, 4] },
  softplus: { f: tf.softplus, shape: [3, 4] },
  'layer swish': { f: layer('swish'), shape: [3, 4] },
  'layer mish': { f: layer('mish'), shape: [3, 4] },
  'layer gelu': { f: layer('gelu'), shape: [3, 4] },
  'layer gelu_new': { f: layer('gelu_new'), shape: [3, 4] },
  'layer relu6': { f: layer('relu6'), shape: [3, 4] },
  clipByValue: { f: (x) => tf.clipByValue(x, -0.7, 1), shape: [3, 4] },
  'clipByValue of integers': { f: (x) => tf.mul(x, tf.clipByValue(indices(), 0, 1)), shape: [3] },
  'mean over images': { f: (x) => tf.mean(x, [1, 2]), shape: [2, 3, 2, 3] },
  'mean of all, kept': { f: (x) => tf.mean(x, undefined, true), shape: [3, 4] },
  'sum over all but the last axis': { f: (x) => tf.sum(x, [0, 1, 2]), shape: [2, 3, 2, 3] },
  'sum over rows': { f: (x) => tf.sum(x, 0), shape: [3, 4] },
  'sum over columns': { f: (x) => tf.sum(x, -1), shape: [3, 4] },
  'sum, kept': { f: (x) => tf.sum(x, [0, 1], true), shape: [2, 3, 2] },
  'bias of an image': { f: (b) => tf.add(tf.zeros([2, 3, 3, 4]), b), shape: [4] },
  'bias of five axes': { f: (b) => tf.add(tf.zeros([2, 1, 3, 2, 4]), b), shape: [4] },
  logSoftmax: { f: (x) => tf.logSoftmax(x), shape: [3, 4] },
  'logSoftmax of three axes': { f: (x) => tf.logSoftmax(x, 2), shape: [2, 3, 4] },
  'losses.softmaxCrossEntropy': { f: (x) => tf.losses.softmaxCrossEntropy(soft(), x), shape: [3, 4] },
  'losses.softmaxCrossEntropy, smoothed and weighted': {
    f: (x) => tf.losses.softmaxCrossEntropy(soft(), x, tf.tensor1d([1, 2, 0]), 0.2),
    shape: [3, 4],
  },
  'sparse cross-entropy': {
    f: (logits) => kernel('SparseSoftmaxCrossEntropyWithLogits', { logits, labels: labels() }),
    shape: [3, 4],
    ours: true,
  },
  'dense cross-entropy': {
    f: (logits) => kernel('SoftmaxCrossEntropyWithLogits', { logits, labels: soft() }),
    shape: [3, 4],
    ours: true,
  },
  'dense cross-entropy of the labels': {
    f: (x) => kernel('SoftmaxCrossEntropyWithLogits', { logits: soft(), labels: x }),
    shape: [3, 4],
    ours: true,
  },
  'batchNorm by given statistics': {
    f: (x) => tf.batchNorm(x as tf.Tensor4D, vector(3), vector(3), vector(3), vector(3), 0.1),
    shape: [2, 2, 2, 3],
  },
  'batchNorm of given statistics': {
    f: (x) => tf.batchNorm2d(tf.ones([4, 3]), x as tf.Tensor1D, vector(3), vector(3), vector(3), 0.1),
    shape: [3],
  },
  'batchNorm by a mean for each pixel': {
    f: (x) => {
      const ones = tf.ones<tf.Rank.R4>([2, 2, 2, 3]);
      return tf.batchNorm4d(x as tf.Tensor4D, ones, ones, ones, ones);
    },
    shape: [2, 2, 2, 3],
  },
  maxPool: { f: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same'), shape: [1, 5, 5, 2] },
  'maxPool, padded in pixels': {
    f: (x) => tf.maxPool(x as tf.Tensor4D, 3, 2, 1),
    shape: [1, 5, 5, 2],
    ours: true,
  },
  'maxPool of equal values': {
    f: (x) => tf.maxPool(tf.relu(x) as tf.Tensor4D, 3, 2, 'same'),
    shape: [2, 5, 5, 2],
  },
  avgPool: { f: (x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'same'), shape: [1, 5, 5, 2] },
  conv2d: { f: (x) => tf.conv2d(x as tf.Tensor4D, filter(), 1, 'same'), shape: [1, 5, 5, 2] },
  'a reshape to the same shape': { f: (x) => tf.reshape(tf.square(x), [3, -1]), shape: [3, 4] },
  'a cast to the same type': { f: (x) => tf.cast(tf.square(x), 'float32'), shape: [3] },
  'gather rows': { f: (x) => tf.gather(x, indices()), shape: [4, 2] },
  'gather columns': { f: (x) => tf.gather(x, indices(), 1), shape: [2, 4] },
  'gather rows by a matrix': { f: (x) => tf.gather(x, tf.reshape(indices(), [3, 1])), shape: [3, 2] },
  'gather of a batch': {
    f: (x) => tf.gather(x, tf.tensor2d([0, 2, 1, 1], [2, 2], 'int32'), 1, 1),
    shape: [2, 3],
  },
  gatherND: {
    f: (x) => tf.gatherND(x, tf.tensor2d([1, 2, 0, 0, 1, 2], [3, 2], 'int32')),
    shape: [2, 3],
    ours: true,
  },
  'gatherND of one element': {
    f: (x) => tf.gatherND(x, tf.tensor1d([1, 2], 'int32')),
    shape: [2, 3],
    ours: true,
  },
  'gatherND of one row': { f: (x) => tf.gatherND(x, tf.tensor1d([1], 'int32')), shape: [2, 3], ours: true },
  stridedSlice: { f: (x) => tf.stridedSlice(x, [0, 1], [3, 4], [2, 2]), shape: [3, 4], ours: true },
  'stridedSlice with masks': {
    f: (x) => tf.stridedSlice(x, [0, 1], [3, 0], [2, 1], 1, 2, 0, 0, 1),
    shape: [3, 4],
    ours: true,
  },
  depthToSpace: { f: (x) => tf.depthToSpace(x as tf.Tensor4D, 2, 'NHWC'), shape: [1, 2, 2, 4], ours: true },
  flipLeftRight: { f: (x) => tf.image.flipLeftRight(x as tf.Tensor4D), shape: [1, 2, 3, 1], ours: true },
  'topk of rows': { f: (x) => tf.topk(x, 2).values, shape: [3, 4], ours: true },
  'topk of a vector': { f: (x) => tf.topk(x, 3).values, shape: [5], ours: true },
  'einsum, a product of matrices': {
    f: (x) => tf.einsum('ij,kj->ik', x, tf.sin(x)),
    shape: [3, 4],
    ours: true,
  },
  'einsum, attention': {
    f: (x) => tf.einsum('bhqk,bkhd->bqhd', tf.einsum('bqhd,bkhd->bhqk', x, x), tf.square(x)),
    shape: [2, 3, 2, 2],
    ours: true,
  },
  'einsum, sums of one operand': { f: (x) => tf.einsum('ij->i', tf.square(x)), shape: [3, 4], ours: true },
  'einsum, a transposition': { f: (x) => tf.einsum('ijk->kij', tf.square(x)), shape: [2, 3, 2], ours: true },
  'einsum, axes of one operand alone': {
    f: (x) => tf.einsum('ij,k->k', x, tf.tensor1d([1, -2])),
    shape: [3, 4],
    ours: true,
  },
  'einsum to a scalar': { f: (x) => tf.einsum('ij,ij->', x, tf.square(x)), shape: [3, 4], ours: true },
  'einsum, an outer product': { f: (x) => tf.einsum('i,j->ij', x, tf.sin(x)), shape: [3], ours: true },
  'slope of einsum': {
    f: slopeOf((x) => tf.einsum('ij,kj->ik', x, tf.square(x))),
    shape: [3, 2],
    ours: true,
  },
  scatterND: {
    f: (x) => tf.scatterND(tf.tensor2d([4, 0, 2], [3, 1], 'int32'), x, [5]),
    shape: [3],
    ours: true,
  },
  'mirrorPad, reflected': {
    f: (x) =>
      tf.mirrorPad(
        x,
        [
          [1, 2],
          [0, 1],
        ],
        'reflect',
      ),
    shape: [3, 4],
    ours: 'wrong',
  },
  'mirrorPad, symmetric': {
    f: (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 2],
          [3, 1],
        ],
        'symmetric',
      ),
    shape: [3, 4],
    ours: 'wrong',
  },
  'where by a comparison': {
    f: (x) => tf.where(tf.greater(x, 0), x, tf.mul(x, 2)),
    shape: [3, 4],
    ours: true,
  },
  'where by logic': {
    f: (x) => tf.where(tf.logicalNot(tf.logicalAnd(tf.less(x, 1), tf.greaterEqual(x, -1))), x, tf.square(x)),
    shape: [3, 4],
    ours: true,
  },
  'a mask by a comparison': {
    f: (x) => tf.mul(x, tf.cast(tf.lessEqual(x, tf.mean(x)), 'float32')),
    shape: [3, 4],
    ours: true,
  },
  'the element at an index from argMax': { f: (x) => tf.gather(x, tf.argMax(x)), shape: [5], ours: true },
  'a factor that was an integer': {
    f: (x) => tf.mul(x, tf.cast(tf.cast(x, 'int32'), 'float32')),
    shape: [3, 4],
    ours: 'wrong',
  },
  'slope of exp': { f: slopeOf(tf.exp), shape: [3, 4], ours: true },
  'slope of x · exp(x)': { f: slopeOf((x) => tf.mul(x, tf.exp(x))), shape: [3, 4], ours: 'wrong' },
  'slope of tanh': { f: slopeOf(tf.tanh), shape: [3, 4], ours: true },
  'slope of sigmoid': { f: slopeOf(tf.sigmoid), shape: [3, 4], ours: true },
  'slope of sqrt': { f: slopeOf((x) => tf.sqrt(tf.add(tf.square(x), 1))), shape: [3, 4] },
  'slope of softmax': { f: slopeOf((x) => tf.softmax(x)), shape: [3, 4], ours: true },
  'slope of logSoftmax': { f: slopeOf((x) => tf.logSoftmax(x)), shape: [3, 4], ours: true },
  'slope of leakyRelu': { f: slopeOf((x) => tf.square(tf.leakyRelu(x, 0.3))), shape: [3, 4], ours: true },
  'slope of elu': { f: slopeOf(tf.elu), shape: [3, 4], ours: true },
  'slope of selu': { f: slopeOf((x) => tf.square(tf.selu(x))), shape: [3, 4], ours: true },
  'slope of relu6': { f: slopeOf((x) => tf.square(tf.relu6(x))), shape: [3, 4], ours: true },
  'slope of max': { f: slopeOf((x) => tf.square(tf.max(x, 1))), shape: [3, 4], ours: true },
  'slope of clipByValue': {
    f: slopeOf((x) => tf.square(tf.clipByValue(x, -0.7, 1))),
    shape: [3, 4],
    ours: true,
  },
};

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(Object.entries(rows))('%s', (_, { f, shape, ours }) => {
  const evaluate = (values: readonly number[]) =>
    tf.tidy(() => {
      const y = f(tf.tensor([...values], shape));
      return tf.sum(tf.mul(y, weightsFor(y))).dataSync()[0] as number;
    });
  const differentiate = () =>
    tf.tidy(() => {
      const x = tf.tensor(points(shape), shape);
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => {
        const y = f(x);
        return tf.sum(tf.mul(y, weightsFor(y)));
      })(x);
      return { value: value.dataSync()[0] as number, grad: [...grad.dataSync()] };
    });

  it('has the gradient that finite differences show', async () => {
    const { grad } = await expectNoLeak(differentiate);
    const step = 5e-3;
    for (const [i, slope] of grad.entries()) {
      const moved = (by: number) => points(shape).map((value, j) => (i === j ? value + by : value));
      const expected = (evaluate(moved(step)) - evaluate(moved(-step))) / (2 * step);
      // Central differences of a float32 sum: 1e-6 / step of rounding, and step² of curvature.
      expect(slope, `element ${i}`).toBeCloseTo(expected, 2);
    }
  });

  it('leaves no tensor behind, and reads none back', () =>
    expectNoLeak(() => {
      const reads = vi.spyOn(tf.backend(), 'readSync');
      tf.tidy(() => {
        const y = (x: tf.Tensor) => tf.sum(f(x)) as tf.Scalar;
        tf.grad(y)(tf.tensor(points(shape), shape));
      });
      expect(reads).not.toHaveBeenCalled();
    }));

  it('computes the same when it is compiled', () =>
    expectNoLeak(() => {
      const slope = tf.grad((x: tf.Tensor) => {
        const y = f(x);
        return tf.sum(tf.mul(y, weightsFor(y)));
      });
      const compiled = compile((x: tf.Tensor) => slope(x));
      const first = tf.tensor(points(shape), shape);
      const second = tf.tidy(() => tf.mul(first, 0.9));
      for (const x of [first, second, second]) {
        const [actual, expected] = [compiled(x), slope(x)];
        const wanted = expected.dataSync();
        for (const [i, value] of actual.dataSync().entries())
          expect(value, `element ${i}`).toBeCloseTo(wanted[i] as number, 5);
        tf.dispose([actual, expected]);
      }
      tf.dispose([first, second]);
      compiled.dispose();
    }));

  it.skipIf(ours)("has TensorFlow.js' own value and gradient", () => {
    const fast = differentiate();
    const restore = accelerate({ enabled: false });
    const slow = differentiate();
    restore();
    expect(fast.value).toBeCloseTo(slow.value, 4);
    for (const [i, slope] of fast.grad.entries()) expect(slope).toBeCloseTo(slow.grad[i] as number, 5);
  });

  it.runIf(ours === true)('is refused by TensorFlow.js itself', () => {
    const restore = accelerate({ enabled: false });
    expect(differentiate).toThrow();
    restore();
  });

  it.runIf(ours === 'wrong')('has another gradient in TensorFlow.js itself', () => {
    const { grad } = differentiate();
    const restore = accelerate({ enabled: false });
    const slow = differentiate();
    restore();
    expect(grad.some((slope, i) => Math.abs(slope - (slow.grad[i] as number)) > 0.01)).toBe(true);
  });
});

/** Distinct values from -1.9 to 2.1, neither zero nor a bound of a row, in no order. */
function points(shape: readonly number[]): number[] {
  const size = shape.reduce((product, length) => product * length, 1);
  const values = Array.from({ length: size }, (_, i) => -1.887 + (4 * i) / size);
  return values.sort((a, b) => Math.sin(100 * a) - Math.sin(100 * b));
}

function weightsFor(y: tf.Tensor): tf.Tensor {
  return tf.reshape(tf.tensor1d(Array.from({ length: y.size }, (_, i) => 1 + Math.sin(3 * i))), y.shape);
}

it('refuse the gradient of an einsum with a label twice in an operand, or an ellipsis', () => {
  const differentiate = (equation: string) => () =>
    tf.tidy(() => tf.grad((x: tf.Tensor) => tf.sum(tf.einsum(equation, x)))(tf.ones([2, 2])));
  expect(differentiate('ii->i')).toThrow(
    '[loopwright/tensorflow] einsum: "ii->i" has no gradient: a label occurs twice in "ii"',
  );
  expect(differentiate('...j->...')).toThrow('einsum: "...j->..." has no gradient: it must name all axes');
});

it('have gradients of a batch of nothing', () =>
  expectNoLeak(() =>
    tf.tidy(() => {
      const shapeOfSlope = (f: (x: tf.Tensor) => tf.Tensor, shape: number[]) =>
        tf.grad((x: tf.Tensor) => tf.sum(f(x)))(tf.zeros(shape)).shape;
      expect(shapeOfSlope((x) => tf.topk(x, 2).values, [0, 3])).toEqual([0, 3]);
      expect(shapeOfSlope((x) => tf.gatherND(x, tf.zeros([0, 1], 'int32')), [2, 3])).toEqual([2, 3]);
    }),
  ));
