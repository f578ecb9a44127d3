import { updateInPlace } from '@loopwright/core/tensors';
import {
  add,
  avgPool,
  conv2d,
  dispose,
  exp,
  keep,
  matMul,
  mean,
  memory,
  mul,
  randomNormal,
  relu,
  reshape,
  type Scalar,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tidy,
  type Variable,
  variable,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compile } from '../compile/compile.ts';
import { DataType } from '../native/data-types.ts';
import {
  activeNativeBackend,
  insertLayer,
  type NativeBackend,
  unlayeredCalls,
} from '../native/native-backend.ts';
import { autocast } from './autocast.ts';
import { obstacleToBfloat16, thisMachine } from './bfloat16-support.ts';

/**
 * Half a unit in the last of bfloat16's 8 bits, relative. Without the arithmetic TensorFlow leaves products to Eigen, which
 * sums up in bfloat16.
 */
const ROUNDING = obstacleToBfloat16(thisMachine(false)) === undefined ? 2 ** -8 : 2 ** -6;

const reduced = <A extends unknown[], R>(fn: (...args: A) => R) =>
  autocast(fn, { dtype: 'bfloat16', force: true });

const backend = () => activeNativeBackend() as NativeBackend;
const idOf = (x: Tensor) => backend().getInputTensorIds([x])[0] as number;
const nativeType = (x: Tensor) => backend().binding.loopwright?.describeTensor(idOf(x)).dtype;
const counts = () => ({ tensors: memory().numTensors, ids: backend().binding.getNumOfTensors() });
/** Whether calls of TensorFlow.js reach the binding without passing a layer. */
const isBare = () => backend().binding.executeOp === unlayeredCalls().executeOp;

const disposables: { dispose(): void }[] = [];
const owned = <T extends { dispose(): void }>(object: T): T => {
  disposables.push(object);
  return object;
};
const random = (...shape: number[]) => owned(randomNormal(shape, 0, 1, 'float32', 3));
const weightOf = (...shape: number[]): Variable => {
  const made = owned(variable(random(...shape)));
  return made;
};

/** The values of a result, which is freed. */
const read = (result: Tensor): Float32Array => {
  const values = result.dataSync<'float32'>().slice();
  result.dispose();
  return values;
};

/** The length of the difference of two vectors, relative to that of the one expected. */
const distance = (actual: Float32Array, expected: Float32Array): number =>
  Math.hypot(...actual.map((value, i) => value - (expected[i] as number))) / Math.hypot(...expected);

/** Which ops reach TensorFlow while a function runs; casts by the number of elements and where to. */
function watch(run: () => void): { ops: string[]; casts: string[] } {
  const seen = { ops: [] as string[], casts: [] as string[] };
  const remove = insertLayer('recording', (next) => ({
    executeOp(name, attributes, inputs, outputs) {
      const results = next.executeOp(name, attributes, inputs, outputs);
      const to = attributes.find((attribute) => attribute.name === 'DstT')?.value;
      const isReduced = attributes.some(({ name, value }) => name === 'T' && value === DataType.bfloat16);
      if (to === undefined) seen.ops.push(isReduced ? `${name} bfloat16` : name);
      else seen.casts.push(`${results[0]?.shape.join('x')} ${to === DataType.bfloat16 ? 'down' : 'up'}`);
      return results;
    },
  }));
  try {
    run();
    return seen;
  } finally {
    remove();
  }
}

let before: ReturnType<typeof counts>;
beforeEach(() => {
  before = counts();
});
afterEach(() => {
  for (const object of disposables.splice(0)) object.dispose();
  expect(counts()).toEqual(before);
  expect(isBare()).toBe(true);
});

describe('what the function computes', () => {
  it('is float32 to whoever looks, and bfloat16 in between', () => {
    const [a, b] = [random(8, 32), random(32, 4)] as [Tensor2D, Tensor2D];
    const seen: unknown[] = [];
    const f = reduced(() =>
      tidy(() => {
        const product = matMul(a, b);
        seen.push(product.dtype, nativeType(product), product.dataSync().constructor);
        return relu(product);
      }),
    );
    const result = f();
    expect(seen).toEqual(['float32', DataType.bfloat16, Float32Array]);
    expect([result.dtype, nativeType(result)]).toEqual(['float32', DataType.float32]);
    const expected = read(tidy(() => relu(matMul(a, b))));
    // Both factors and the result are rounded, at random.
    expect(distance(read(result), expected)).toBeLessThan(ROUNDING);
  });

  it('takes and returns what it takes and returns without, nested records included', () => {
    const x = random(4, 4) as Tensor2D;
    const f = reduced((a: Tensor2D, options: { name: string }) => ({
      list: [matMul(a, a)],
      name: options.name,
      given: a,
    }));
    const result = f(x, { name: 'cats' });
    expect([result.name, result.given]).toEqual(['cats', x]);
    expect(nativeType(result.list[0] as Tensor)).toBe(DataType.float32);
    dispose(result.list);
  });

  it('leaves alone what has no use for it: exponentials, means, integers', () => {
    const x = random(6, 6) as Tensor2D;
    const types = reduced(() =>
      tidy(() => {
        const product = matMul(x, x);
        return [exp(product), mean(product, 0), mul(product, 2), product].map(nativeType);
      }),
    )();
    expect(types).toEqual([DataType.float32, DataType.float32, DataType.float32, DataType.bfloat16]);
  });

  it('runs in one function for another too', () => {
    const x = random(4, 4) as Tensor2D;
    const inner = reduced(() => matMul(x, x));
    const outer = reduced(() => tidy(() => nativeType(inner()) as never));
    expect(outer()).toBe(DataType.bfloat16);
  });
});

describe('gradients', () => {
  /** A convolution, ReLU, average pooling and a dense layer with biases; loss and gradients by name. */
  const network = () => {
    const x = random(4, 8, 8, 3) as Tensor4D;
    const filter = weightOf(3, 3, 3, 8);
    const filterBias = weightOf(8);
    const dense = weightOf(8 * 16, 5);
    const bias = weightOf(5);
    const names = { filter, filterBias, dense, bias };
    const step = () => {
      const { value, grads } = variableGrads(() => {
        const maps = relu(add(conv2d(x, filter as Tensor as Tensor4D, 1, 'same'), filterBias)) as Tensor4D;
        const features = reshape(avgPool(maps, 2, 2, 'valid'), [4, 8 * 16]) as Tensor2D;
        return mean(square(add(matMul(features, dense as Tensor as Tensor2D), bias))) as Scalar;
      }, Object.values(names));
      return {
        value,
        ...Object.fromEntries(Object.entries(names).map(([k, v]) => [k, grads[v.name]])),
      } as Record<string, Tensor>;
    };
    return step;
  };

  it('are those of float32 but for the rounding', () => {
    const step = network();
    const [expected, actual] = [step(), reduced(step)()];
    for (const [name, tensor] of Object.entries(expected)) {
      expect(nativeType(actual[name] as Tensor)).toBe(DataType.float32);
      // Each is rounded some four times on its way, at random.
      expect(distance(read(actual[name] as Tensor), read(tensor)), name).toBeLessThan(2 * ROUNDING);
    }
  });

  it('pass through the table’s ops in bfloat16, and each weight is cast once', () => {
    const step = network();
    const { ops, casts } = watch(() => dispose(reduced(step)()));
    expect(ops).toEqual(
      expect.arrayContaining([
        'Conv2D bfloat16',
        'Add bfloat16',
        'Relu bfloat16',
        'AvgPool bfloat16',
        'BatchMatMulV2 bfloat16',
        'AvgPoolGrad bfloat16',
        'ReluGrad bfloat16',
        'Conv2DBackpropFilter bfloat16',
      ]),
    );
    expect(casts.filter((cast) => cast === '3x3x3x8 down')).toHaveLength(1);
    expect(casts.filter((cast) => cast === '128x5 down')).toHaveLength(1);
    // The activations of the convolution are never cast, but for the gradient of its bias, a sum.
    expect(casts.filter((cast) => cast === '4x8x8x8 down')).toHaveLength(0);
    expect(casts.filter((cast) => cast === '4x8x8x8 up')).toHaveLength(1);
  });

  it('are right where they are computed outside of the function', () => {
    const weight = weightOf(6, 6);
    const x = random(6, 6) as Tensor2D;
    const forward = (a: Tensor2D) => relu(matMul(a, weight as Tensor as Tensor2D));
    const of = (fn: typeof forward) => {
      const { value, grads } = variableGrads(() => sum(fn(x)) as Scalar, [weight]);
      value.dispose();
      return read(grads[weight.name] as Tensor);
    };
    expect(distance(of(reduced(forward)), of(forward))).toBeLessThan(2 * ROUNDING);
  });
});

describe('after the function', () => {
  it('what was kept is read as float32, and the layer is there as long as it lives', () => {
    const x = random(4, 4) as Tensor2D;
    let kept: Tensor | undefined;
    const result = reduced(() =>
      tidy(() => {
        kept = keep(matMul(x, x));
        return relu(kept);
      }),
    )();
    expect(nativeType(kept as Tensor)).toBe(DataType.bfloat16);
    expect(isBare()).toBe(false);
    const twice = tidy(() => add(kept as Tensor, kept as Tensor));
    expect([...read(tidy(() => mul(kept as Tensor, 2)))]).toEqual([...read(twice)]);
    expect([...read(tidy(() => relu(kept as Tensor)))]).toEqual([...read(result)]);
    kept?.dispose();
    expect(isBare()).toBe(true);
  });

  it('tensors that no tidy frees are their scope’s, as without', () => {
    const x = random(4, 4) as Tensor2D;
    tidy(() => {
      reduced(() => [matMul(x, x), relu(matMul(x, x))].length)();
      expect(isBare()).toBe(false);
    });
    expect(isBare()).toBe(true);
  });

  it('a variable holds float32, whatever was assigned', () => {
    const weight = weightOf(4, 4);
    const x = random(4, 4) as Tensor2D;
    reduced(() => tidy(() => weight.assign(matMul(x, x))))();
    expect(nativeType(weight)).toBe(DataType.float32);
  });

  it('nothing is left behind by an error, which is the function’s own', () => {
    const x = random(4, 4) as Tensor2D;
    const f = reduced(() =>
      tidy(() => {
        matMul(x, x);
        throw new Error('mine');
      }),
    );
    expect(f).toThrow('mine');
    expect(isBare()).toBe(true);
    expect(nativeType(owned(matMul(x, x)))).toBe(DataType.float32);
  });

  it('nothing has changed, and before the first call neither', () => {
    const x = random(4, 4) as Tensor2D;
    const f = reduced(() => tidy(() => matMul(x, x)));
    expect(isBare()).toBe(true);
    read(f());
    expect(isBare()).toBe(true);
    expect(nativeType(owned(matMul(x, x)))).toBe(DataType.float32);
  });

  it('no tensors pile up over many calls', () => {
    const weight = weightOf(8, 8);
    const x = random(8, 8) as Tensor2D;
    const step = reduced((a: Tensor2D) =>
      tidy(() => {
        const { value, grads } = variableGrads(
          () => mean(relu(matMul(a, weight as Tensor as Tensor2D))) as Scalar,
          [weight],
        );
        weight.assign(sub(weight, mul(grads[weight.name] as Tensor, 0.1)) as never);
        return value;
      }),
    );
    step(x).dispose();
    const start = counts();
    for (let call = 0; call < 200; call++) step(x).dispose();
    expect(counts()).toEqual(start);
  });
});

describe('weights that change', () => {
  const x = () => random(4, 4) as Tensor2D;

  it('are cast anew after an assignment', () => {
    const weight = weightOf(4, 4);
    const input = x();
    const [first, second] = reduced(() => {
      const forward = () => tidy(() => matMul(input, weight as Tensor as Tensor2D));
      const before = forward();
      tidy(() => weight.assign(zeros([4, 4])));
      return [before, forward()];
    })() as [Tensor, Tensor];
    expect(Math.max(...read(first))).toBeGreaterThan(0);
    expect(Math.max(...read(second))).toBe(0);
  });

  it('are cast anew after an update in place, which takes gradients in either type', () => {
    const weight = weightOf(4, 4);
    const input = x();
    const [product, later, gradientType] = reduced(() => {
      const forward = () => tidy(() => matMul(input, weight as Tensor as Tensor2D));
      const before = forward();
      const gradient = matMul(input, input);
      const rows = [
        {
          parameter: weight,
          gradient,
          ...{ sign: 1, l2: 0, rate: 0, momentum: 0, share: 1, nesterov: false },
        },
      ];
      expect(updateInPlace('sgd', rows)).toBe(true);
      expect(updateInPlace('scale', [{ value: weight, factor: 0 }])).toBe(true);
      const type = nativeType(gradient);
      gradient.dispose();
      return [before, forward(), type] as const;
    })();
    expect(Math.max(...read(product))).toBeGreaterThan(0);
    expect(Math.max(...read(later))).toBe(0);
    expect(gradientType).toBe(DataType.bfloat16);
  });
});

describe('with compile', () => {
  const model = () => {
    const weight = weightOf(16, 16);
    const step = (a: Tensor2D) => {
      const { value, grads } = variableGrads(
        () => mean(square(relu(matMul(a, weight as Tensor as Tensor2D)))) as Scalar,
        [weight],
      );
      weight.assign(sub(weight, mul(grads[weight.name] as Tensor, 0.1)) as never);
      return value;
    };
    return step;
  };
  const losses = (step: (a: Tensor2D) => Tensor, x: Tensor2D) =>
    Array.from({ length: 6 }, () => read(tidy(() => step(x)))[0] as number);

  it.each([
    ['inside', (step: (a: Tensor2D) => Tensor) => owned(compile(reduced(step)))],
    ['around', (step: (a: Tensor2D) => Tensor) => reduced(owned(compile(step)))],
  ])('computes the same: %s', (_, wrap) => {
    const x = random(16, 16) as Tensor2D;
    const eager = losses(reduced(model()), x);
    const compiled = losses(wrap(model()), x);
    expect(eager[5]).toBeLessThan(eager[0] as number);
    // TensorFlow fuses ops of a function, which then round once less.
    for (const [i, loss] of eager.entries()) expect(Math.abs(compiled[i]! / loss - 1)).toBeLessThan(ROUNDING);
  });

  it('is recorded once for each precision', () => {
    const x = random(8, 8) as Tensor2D;
    const f = owned(compile((a: Tensor2D) => matMul(a, a)));
    const exact = read(f(x));
    const rounded = read(reduced(f)(x));
    expect(f.traces).toBe(2);
    expect(distance(rounded, exact)).toBeGreaterThan(0);
    expect([...read(f(x))]).toEqual([...exact]);
    expect([...read(reduced(f)(x))]).toEqual([...rounded]);
    expect(f.traces).toBe(2);
  });

  it('casts nothing in one recording for use in another', () => {
    const weight = weightOf(8, 8);
    const x = random(8, 8) as Tensor2D;
    const make = () => owned(compile((a: Tensor2D) => matMul(a, weight as Tensor as Tensor2D)));
    const [f, g] = [make(), make()];
    const both = reduced(() => tidy(() => [matMul(x, weight as Tensor as Tensor2D), f(x), g(x)]));
    const first = both().map(read);
    tidy(() => weight.assign(mul(weight, 2) as never));
    const second = both().map(read);
    for (const i of [0, 1, 2]) {
      expect([...(second[i] as Float32Array)]).toEqual([
        ...(first[i] as Float32Array).map((value) => value * 2),
      ]);
    }
  });
});

describe('errors', () => {
  it('name what is refused', () => {
    const f = () => zeros([1]);
    const prefix = '[loopwright/tensorflow] autocast:';
    expect(() => autocast(3 as never, { dtype: 'bfloat16' })).toThrow(
      `${prefix} fn must be a function, got 3`,
    );
    expect(() => autocast(f, { dtype: 'float16' } as never)).toThrow(
      `${prefix} dtype must be one of "bfloat16", got "float16"`,
    );
    expect(() => autocast(f, undefined as never)).toThrow(`${prefix} dtype must be one of "bfloat16"`);
    expect(() => autocast(f, { dtype: 'bfloat16', force: 1 } as never)).toThrow(
      `${prefix} force must be true or false, got 1`,
    );
    expect(() => autocast(f, { dtype: 'bfloat16', enabled: true } as never)).toThrow(
      `${prefix} unknown option "enabled"`,
    );
    const asynchronous = autocast(async () => 1, { dtype: 'bfloat16' });
    expect(() => asynchronous()).toThrow(`${prefix} fn must not be asynchronous`);
  });
});
