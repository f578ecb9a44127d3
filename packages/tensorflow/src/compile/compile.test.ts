import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hostEffect, hostTensor } from '@loopwright/core/tensors';
import {
  add,
  conv2d,
  div,
  engine,
  keep,
  matMul,
  mean,
  memory,
  mul,
  relu,
  reshape,
  type Scalar,
  scalar,
  setBackend,
  square,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor4D,
  tensor,
  tensor1d,
  tensor2d,
  tidy,
  unique,
  type Variable,
  variable,
  variableGrads,
  zeros,
} from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { autocast } from '../autocast/autocast.ts';
import type { NativeExtension, TensorMetadata } from '../native/binding.ts';
import { DataType } from '../native/data-types.ts';
import { addToExecutionKey } from '../native/execution-key.ts';
import { activeNativeBackend, NATIVE_BACKEND, type NativeBackend } from '../native/native-backend.ts';
import { compile } from './compile.ts';
import { encodeGraph, type NodeDef } from './graph-def.ts';

const disposables: { dispose(): void }[] = [];
const owned = <T extends { dispose(): void }>(object: T): T => {
  disposables.push(object);
  return object;
};

const ids = () => activeNativeBackend()?.binding.getNumOfTensors() as number;
let before: { tensors: number; ids: number };

beforeEach(() => {
  before = { tensors: memory().numTensors, ids: ids() };
});

afterEach(() => {
  for (const object of disposables.splice(0)) object.dispose();
  expect({ tensors: memory().numTensors, ids: ids() }).toEqual(before);
});

/** A variable, with nothing left of the tensor it starts from. */
const variableOf = (initial: Tensor): Variable => {
  const made = owned(variable(initial));
  initial.dispose();
  return made;
};

/** The values of a result, which is freed. */
const read = (result: Tensor): number[] => {
  const values = [...result.dataSync()];
  result.dispose();
  return values;
};

describe('a function of tensors', () => {
  it('gives what it gives without compile, at the first call and later', () => {
    const f = owned(compile((x: Tensor, y: Tensor) => sum(mul(add(x, 1), y))));
    for (const values of [
      [1, 2],
      [3, 4],
      [5, 6],
    ]) {
      const [x, y] = [owned(tensor1d(values)), owned(tensor1d([10, 1]))];
      const [a, b] = values as [number, number];
      expect(read(f(x, y))).toEqual([(a + 1) * 10 + (b + 1)]);
    }
    expect(f.traces).toBe(1);
  });

  it('does not run its JavaScript again', () => {
    let runs = 0;
    const f = owned(
      compile((x: Tensor) => {
        runs++;
        return square(x);
      }),
    );
    const x = owned(scalar(3));
    for (let call = 0; call < 5; call++) expect(read(f(x))).toEqual([9]);
    expect(runs).toBe(1);
  });

  it('takes and returns nested records, and what is no tensor as it was', () => {
    const f = owned(
      compile((batch: { images: Tensor; extra: [Tensor, string] }, factor: number) => ({
        doubled: mul(batch.images, factor),
        list: [add(batch.extra[0], 1), batch.images],
        name: batch.extra[1],
      })),
    );
    for (const value of [1, 7]) {
      const images = owned(scalar(value));
      const extra = owned(scalar(-value));
      const result = f({ images, extra: [extra, 'dogs'] }, 2);
      expect(result.name).toBe('dogs');
      expect(read(result.doubled)).toEqual([2 * value]);
      expect(result.list.flatMap(read)).toEqual([1 - value, value]);
      expect(images.isDisposed).toBe(false);
    }
  });

  it('is recorded anew for other shapes, types, options and objects', () => {
    const f = owned(compile((x: Tensor, _options: { training: boolean }, _model: object) => add(x, 1)));
    const model = {};
    const [a, b] = [owned(tensor1d([1])), owned(tensor1d([1, 2]))];
    const c = owned(tensor1d([1], 'int32'));
    const calls: Parameters<typeof f>[] = [
      [a, { training: true }, model],
      [a, { training: true }, model],
      [b, { training: true }, model],
      [a, { training: false }, model],
      [c, { training: true }, model],
      [a, { training: true }, () => {}],
    ];
    const traces = calls.map((call) => {
      f(...call).dispose();
      return f.traces;
    });
    expect(traces).toEqual([1, 1, 2, 3, 4, 5]);
  });

  it('is recorded anew where other arguments are the same tensor, and for a zero of another sign', () => {
    const [a, b] = [owned(tensor1d([1, 2])), owned(tensor1d([10, 20]))];
    const f = owned(compile((x: Tensor, { y }: { y: Tensor }, z: number) => add(mul(x, 100), div(y, z))));
    expect(read(f(a, { y: a }, 1))).toEqual([101, 202]);
    expect(read(f(a, { y: b }, 1))).toEqual([110, 220]);
    expect(read(f(b, { y: b }, 1))).toEqual([1010, 2020]);
    expect(read(f(b, { y: a }, 1))).toEqual([1001, 2002]);
    expect(f.traces).toBe(2);
    expect([f(a, { y: a }, 0), f(a, { y: a }, -0)].map(read)).toEqual([
      [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
      [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY],
    ]);
  });

  it('frees the results of the recording that the function keeps, and no variable', () => {
    const weight = variableOf(tensor1d([2, 3]));
    const fn = owned(compile((x: Tensor) => [keep(mul(x, weight)), weight]));
    const x = owned(tensor1d([1, 10]));
    for (let call = 0; call < 3; call++) {
      const [product, same] = fn(x) as [Tensor, Tensor];
      expect(read(product)).toEqual([2, 30]);
      if (same !== weight) same.dispose();
    }
    expect(weight.isDisposed).toBe(false);
  });

  it('keeps a tensor from outside that is disposed later', () => {
    const outside = tensor1d([1, 2]);
    const f = owned(compile((x: Tensor) => mul(x, outside)));
    const x = owned(scalar(3));
    expect(read(f(x))).toEqual([3, 6]);
    outside.dispose();
    expect(read(f(x))).toEqual([3, 6]);
  });

  it('frees what it makes and does not return', () => {
    const f = owned(compile((x: Tensor) => [square(x), add(x, 1), sub(x, 1)].slice(0, 1)));
    const x = owned(scalar(2));
    for (let call = 0; call < 3; call++) {
      const { numTensors } = memory();
      const results = f(x);
      expect(memory().numTensors).toBe(numTensors + 1);
      expect(results.flatMap(read)).toEqual([4]);
    }
  });

  it('returns an argument, a constant and one tensor twice', () => {
    const f = owned(
      compile((x: Tensor) => {
        const y = square(x);
        return { x, y, again: y, constant: tensor1d([1, 2]) };
      }),
    );
    const x = owned(scalar(3));
    for (let call = 0; call < 3; call++) {
      const result = f(x);
      expect(result.again).toBe(result.y);
      expect([...read(result.x), ...read(result.y), ...read(result.constant)]).toEqual([3, 9, 1, 2]);
      expect(x.isDisposed).toBe(false);
    }
  });

  it('returns and assigns constants that it computes with, and hands them to the host', () => {
    const [first, second] = [variableOf(scalar(0)), variableOf(scalar(0))];
    const seen: number[] = [];
    const f = owned(
      compile((x: Tensor) => {
        const constant = scalar(2);
        const y = mul(x, constant);
        first.assign(constant as Scalar);
        second.assign(scalar(5));
        hostEffect([constant, scalar(7)], (tensors) => {
          seen.push(...[...tensors, first, second].map((tensor) => tensor.dataSync()[0] as number));
        });
        return [y, constant, constant.clone()];
      }),
    );
    const x = owned(scalar(3));
    for (let call = 0; call < 2; call++) expect(f(x).flatMap(read)).toEqual([6, 2, 2]);
    expect(seen).toEqual([2, 7, 2, 5, 2, 7, 2, 5]);
  });

  it('returns as many values as there are, where that depends on values', () => {
    const f = owned(
      compile((x: Tensor) => {
        const { values } = unique(x as Tensor1D);
        return [values, values.clone()];
      }),
    );
    for (const list of [
      [1, 1, 2],
      [1, 3, 2],
    ]) {
      const x = tensor1d(list);
      const results = f(x);
      const count = new Set(list).size;
      expect(results.map(({ shape }) => shape)).toEqual([[count], [count]]);
      expect(results.map(read)).toEqual([[...new Set(list)], [...new Set(list)]]);
      x.dispose();
    }
  });

  it('inlines compiled functions within compiled ones', () => {
    const inner = owned(compile((x: Tensor) => square(x)));
    const outer = owned(compile((x: Tensor) => add(inner(x), 1)));
    const x = owned(scalar(3));
    expect([...read(outer(x)), ...read(outer(x))]).toEqual([10, 10]);
    expect(inner.traces).toBe(0);
  });

  it('is differentiable, by running as it is while gradients are computed', () => {
    const weight = variableOf(scalar(3));
    const f = owned(compile((x: Tensor) => mul(square(weight), x)));
    const x = owned(scalar(2));
    read(f(x));
    read(f(x));
    const { value, grads } = variableGrads(() => sum(f(x)) as Scalar, [weight]);
    expect(read(value)).toEqual([18]);
    expect(Object.values(grads).flatMap(read)).toEqual([12]);
  });
});

describe('variables', () => {
  it('are read as they are at each call, and assigned', () => {
    const weight = variableOf(tensor1d([1, 2]));
    const f = owned(
      compile((x: Tensor) => {
        weight.assign(add(weight, x));
        return sum(weight);
      }),
    );
    const x = owned(scalar(1));
    expect(read(f(x))).toEqual([5]);
    expect(read(f(x))).toEqual([7]);
    tidy(() => weight.assign(tensor1d([10, 20])));
    expect(read(f(x))).toEqual([32]);
    expect([...weight.dataSync()]).toEqual([11, 21]);
  });

  it('that swap their values, or keep an old one, do so each time', () => {
    const [a, b] = [variableOf(scalar(1)), variableOf(scalar(2))];
    const f = owned(
      compile(() => {
        const old = a.clone();
        a.assign(b);
        b.assign(old);
        return old;
      }),
    );
    const seen = [1, 2, 3, 4].map(() => [read(f())[0], a.dataSync()[0], b.dataSync()[0]]);
    expect(seen).toEqual([
      [1, 2, 1],
      [2, 1, 2],
      [1, 2, 1],
      [2, 1, 2],
    ]);
  });

  it('that share their memory at first are told apart', () => {
    const initial = tensor1d([1, 1]);
    const [a, b] = [owned(variable(initial)), owned(variable(initial))];
    const f = owned(
      compile((x: Tensor) => {
        a.assign(add(a, x));
        return sum(add(a, mul(b, 100)));
      }),
    );
    const x = owned(scalar(1));
    expect(read(f(x))).toEqual([204]);
    expect(read(f(x))).toEqual([206]);
    tidy(() => b.assign(tensor1d([2, 2])));
    expect(read(f(x))).toEqual([408]);
    expect(read(initial)).toEqual([1, 1]);
  });

  it('may have been made on another backend', () => {
    setBackend('cpu');
    const made = variableOf(scalar(1));
    setBackend(NATIVE_BACKEND);
    const f = owned(compile((x: Tensor) => mul(x, made)));
    const x = owned(scalar(3));
    const results = [1, 2].map((value) => {
      tidy(() => made.assign(scalar(value)));
      return read(f(x));
    });
    expect(results).toEqual([[3], [6]]);
  });

  it('do not change what was taken of them before', () => {
    const weight = variableOf(scalar(1));
    const f = owned(compile(() => weight.assign(add(weight, 1))));
    f();
    const taken = owned(weight.clone());
    f();
    f();
    expect([taken.dataSync()[0], weight.dataSync()[0]]).toEqual([2, 4]);
  });

  it('train as without compile', () => {
    const data = tidy(() => ({
      x: keep(
        tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      ),
      y: keep(tensor2d([[1], [2], [3]])),
    }));
    owned(data.x);
    owned(data.y);
    const train = (wrap: <A extends unknown[], R>(fn: (...args: A) => R) => (...args: A) => R) => {
      const weight = variableOf(tensor2d([[0.1], [0.2]]));
      const bias = variableOf(tensor1d([0]));
      const step = wrap((x: Tensor, y: Tensor) => {
        const { value, grads } = variableGrads(
          () =>
            mean(square(sub(add(matMul(x as Tensor2D, weight as Tensor as Tensor2D), bias), y))) as Scalar,
          [weight, bias],
        );
        for (const parameter of [weight, bias]) {
          parameter.assign(sub(parameter, mul(grads[parameter.name] as Tensor, 0.01)) as never);
        }
        return value;
      });
      return Array.from({ length: 10 }, () => read(step(data.x, data.y))[0] as number);
    };
    const eager = train(
      (fn) =>
        (...args) =>
          tidy(() => fn(...args) as never) as never,
    );
    const compiled = train((fn) => owned(compile(fn)));
    expect(compiled[9]).toBeLessThan(compiled[0] as number);
    for (const [index, loss] of eager.entries()) expect(compiled[index]).toBeCloseTo(loss, 6);
  });

  it('are guarded for being trainable, and for being there', () => {
    const weight = variableOf(scalar(1));
    const f = owned(compile((x: Tensor) => mul(weight, x)));
    const x = owned(scalar(1));
    let runs = 0;
    const counted = owned(
      compile((y: Tensor) => {
        runs++;
        return mul(weight, y);
      }),
    );
    read(counted(x));
    weight.trainable = false;
    read(counted(x));
    read(counted(x));
    expect(runs).toBe(2);
    read(f(x));
    weight.dispose();
    expect(() => f(x)).toThrow();
  });
});

describe('the host', () => {
  it('computes values anew at each call, in the order in which they were asked for', () => {
    let calls = 0;
    const counter = () => ({ dtype: 'float32' as const, shape: [], data: Float32Array.of(++calls) });
    const f = owned(
      compile((x: Tensor) => {
        const [first, second] = [hostTensor(counter), hostTensor(counter)];
        return add(mul(second, 10), mul(first, x));
      }),
    );
    const x = owned(scalar(1));
    expect([f(x), f(x), f(x)].flatMap(read)).toEqual([21, 43, 65]);
  });

  it('works between segments, with the tensors and variables of that call', () => {
    const seen: number[] = [];
    const state = variableOf(scalar(0));
    const f = owned(
      compile((x: Tensor) => {
        const y = square(x);
        state.assign(add(state, 1) as Scalar);
        hostEffect([y, x], ([squared, plain]) => {
          seen.push((squared as Tensor).dataSync()[0] as number, (plain as Tensor).dataSync()[0] as number);
          seen.push(state.dataSync()[0] as number);
          state.assign(mul(state, squared as Tensor) as Scalar);
        });
        return add(y, state);
      }),
    );
    const results = [2, 3, 1].map((value) => {
      const x = scalar(value);
      const result = read(f(x))[0];
      x.dispose();
      return result;
    });
    // state: (0 + 1) · 4, (4 + 1) · 9, (45 + 1) · 1
    expect(results).toEqual([8, 54, 47]);
    expect(seen).toEqual([4, 2, 1, 9, 3, 5, 1, 1, 46]);
  });

  it('sees a variable as it was before an effect, where that was taken before', () => {
    const state = variableOf(scalar(1));
    const f = owned(
      compile(() => {
        const old = state.clone();
        hostEffect([], () => state.assign(tidy(() => add(state, 1)) as Scalar));
        return sub(state, mul(old, 10));
      }),
    );
    expect([f(), f(), f()].flatMap(read)).toEqual([2 - 10, 3 - 20, 4 - 30]);
  });

  it('may create variables in an effect', () => {
    let slot: Variable | undefined;
    const f = owned(
      compile((x: Tensor) => {
        hostEffect([x], ([value]) => {
          slot ??= variableOf(scalar(0));
          slot.assign(add(slot, value as Tensor) as Scalar);
        });
        return square(slot as Variable);
      }),
    );
    const x = owned(scalar(2));
    expect([f(x), f(x), f(x)].flatMap(read)).toEqual([4, 16, 36]);
  });
});

describe('errors', () => {
  it('name the line that reads a value', () => {
    const f = owned(
      compile((x: Tensor) => {
        if ((x.dataSync()[0] as number) > 0) return x; // The line that is named.
        return square(x);
      }),
    );
    const x = owned(scalar(3));
    expect(() => f(x)).toThrow(/compile: a value was read at .*compile\.test\.ts:\d+:\d+ while the function/);
    // The line is that of the read.
    expect(() => f(x)).toThrow(new RegExp(`compile\\.test\\.ts:${lineOf('The line that is named')}:`));
    expect(f.traces).toBe(0);
  });

  it('name the line that creates a variable, which does not come into being', () => {
    const variables = Object.keys(engine().registeredVariables).length;
    const f = owned(compile((x: Tensor) => add(x, variable(scalar(1), true, 'inside'))));
    const x = owned(scalar(3));
    expect(() => f(x)).toThrow(/variable "inside" was created at .*compile\.test\.ts:\d+:\d+/);
    expect(Object.keys(engine().registeredVariables)).toHaveLength(variables);
  });

  it('refuse what is not a synchronous function, and unknown options', () => {
    expect(() => compile(3 as never)).toThrow(
      '[loopwright/tensorflow] compile: fn must be a function, got 3',
    );
    expect(() => compile(() => scalar(1), { traces: 1 } as never)).toThrow(/traces/);
    expect(() => compile(() => scalar(1), { maxTraces: 0 })).toThrow(/maxTraces/);
    const f = owned(compile(async () => 1));
    expect(() => f()).toThrow('fn must not be asynchronous');
  });

  it('refuse a result that was disposed, unless it was kept', () => {
    const partAndSum = (hold: <T extends Tensor>(made: T) => T) =>
      owned(
        compile((x: Tensor) => {
          let part = x;
          const total = tidy(() => {
            part = hold(square(x));
            return add(part, 1);
          });
          return [part, total];
        }),
      );
    const x = owned(scalar(3));
    expect(() => partAndSum((made) => made)(x)).toThrow(
      '[loopwright/tensorflow] compile: fn must not return a disposed tensor, but one of shape [] is',
    );
    const kept = partAndSum(keep);
    expect([kept(x), kept(x)].flat().flatMap(read)).toEqual([9, 10, 9, 10]);
  });

  it("leave everything as it was where the function throws, and pass on the user's error", () => {
    const weight = variableOf(scalar(1));
    let fail = true;
    const f = owned(
      compile((x: Tensor) => {
        const y = add(weight, x);
        if (fail) throw new Error('mine');
        return y;
      }),
    );
    const x = owned(scalar(3));
    expect(() => f(x)).toThrow('mine');
    fail = false;
    expect([f(x), f(x)].flatMap(read)).toEqual([4, 4]);
  });
});

describe('within autocast', () => {
  const forced = { dtype: 'bfloat16', force: true } as const;
  const half = 1 + 2 ** -10; // Not a bfloat16 number.
  const reduced = <R>(fn: () => R): R => autocast(() => tidy(fn as never) as R, forced)();
  /** The product of [[1, 2], [3, 4]] with itself. */
  const expected = [7, 10, 15, 22];

  it('takes arguments and tensors from outside that are bfloat16 natively', () => {
    const weights = owned(tensor2d([[half]]));
    const inner = owned(compile((x: Tensor, y: Tensor) => add(mul(x, 2), y)));
    const x = owned(tensor2d([[1]]));
    const product = () => matMul(x as Tensor2D, weights);
    const results = [1, 2].map(() => read(autocast(() => tidy(() => inner(product(), x)), forced)()));
    expect(results).toEqual([[3], [3]]);
    let outside: Tensor | undefined;
    const outer = autocast(() => {
      outside = matMul(x as Tensor2D, weights);
      const f = owned(compile((y: Tensor) => add(y, outside as Tensor)));
      return [f(x), f(x)];
    }, forced);
    expect(outer().flatMap(read)).toEqual([2, 2]);
    outside?.dispose();
  });

  it('passes on arguments as float32', () => {
    const x = owned(tensor2d([1, 2, 3, 4], [2, 2]));
    const state = variableOf(zeros([2, 2]));
    const seen: number[][] = [];
    const f = owned(
      compile((y: Tensor) => {
        state.assign(y);
        hostEffect([y], ([same]) => seen.push([...(same as Tensor).dataSync()]));
        return [y, mul(y, 2)];
      }),
    );
    for (let call = 0; call < 3; call++) {
      const [same, twice] = reduced(() => f(matMul(x, x)));
      expect(read(same as Tensor)).toEqual(expected);
      expect(read(twice as Tensor)).toEqual(expected.map((value) => 2 * value));
      expect([...state.dataSync()]).toEqual(expected);
    }
    expect(seen).toEqual([expected, expected, expected]);
    expect(f.traces).toBe(1);
  });

  it('takes variables that were assigned bfloat16, before the function and in it', () => {
    const x = owned(tensor2d([1, 2, 3, 4], [2, 2]));
    const state = variableOf(zeros([2, 2]));
    const f = owned(
      compile((y: Tensor) => {
        const product = mul(relu(state), y);
        state.assign(matMul(y as Tensor2D, y as Tensor2D));
        hostEffect([], () => {});
        return add(mul(state, 100), product);
      }),
    );
    for (let call = 0; call < 3; call++) {
      const result = reduced(() => {
        state.assign(matMul(x, x));
        return f(x);
      });
      expect(read(result)).toEqual(expected.map((value, i) => 100 * value + value * (i + 1)));
      expect([...state.dataSync()]).toEqual(expected);
    }
    expect(f.traces).toBe(1);
  });
});

describe('what cannot be recorded', () => {
  it('runs as it is, after one warning that names the op and the line', () => {
    const backend = activeNativeBackend() as NativeBackend;
    const extension = backend.binding.loopwright as NativeExtension;
    const { float32 } = DataType;
    const nodes: NodeDef[] = [
      { name: 'x', op: 'Placeholder', input: [], attr: { dtype: { type: float32 } } },
      { name: 'y', op: 'Square', input: ['x'], attr: { T: { type: float32 } } },
    ];
    extension.addFunction('unknown_to_the_op_list', encodeGraph(nodes), ['x:0'], ['y:0'], []);
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const f = owned(
      compile((x: Tensor) => {
        const [result] = backend.binding.executeOp(
          'unknown_to_the_op_list',
          [],
          backend.getInputTensorIds([x]),
          1,
        );
        return add(backend.createOutputTensor(result as TensorMetadata), 1);
      }),
    );
    for (const value of [1, 2, 3]) {
      const x = scalar(value);
      expect(read(f(x))).toEqual([value ** 2 + 1]);
      x.dispose();
    }
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn.mock.calls[0]?.[0]).toMatch(/op unknown_to_the_op_list, used at .*compile\.test\.ts:\d+/);
    warn.mockRestore();
    extension.removeFunction('unknown_to_the_op_list');
  });

  it('is recorded anew when a setting changes that decides which ops are run', () => {
    let setting = 'a';
    addToExecutionKey(() => setting);
    const f = owned(compile((x: Tensor) => add(x, 1)));
    const x = owned(scalar(1));
    read(f(x));
    setting = 'b';
    read(f(x));
    expect(f.traces).toBe(2);
  });
});

describe('traces', () => {
  it('are bounded, and more of them warn once', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const f = owned(compile((x: Tensor) => sum(x), { maxTraces: 2 }));
    for (const size of [1, 2, 3, 4, 1]) {
      const x = tensor(new Float32Array(size).fill(1), [size]);
      expect(read(f(x))).toEqual([size]);
      x.dispose();
      expect(f.traces).toBeLessThanOrEqual(2);
    }
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('argument 1 was float32[3] after float32[2]')],
    ]);
    warn.mockRestore();
  });

  it('say which argument is another one at each call', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const f = owned(compile((x: Tensor, _step: number) => sum(x), { maxTraces: 3 }));
    const x = owned(scalar(2));
    for (let step = 0; step < 5; step++) expect(read(f(x, step))).toEqual([2]);
    expect(warn.mock.calls).toEqual([[expect.stringContaining('argument 2 was number 3 after number 2;')]]);
    warn.mockRestore();
  });

  it('name the field of a large argument that was another one', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    type Batch = { images: Tensor; labels: Tensor; weights: Tensor; moreWeights: Tensor; paths: string[] };
    const f = owned(compile(({ images }: Batch) => sum(images), { maxTraces: 1 }));
    const x = owned(scalar(3));
    for (const path of ['cat/1.png', 'dog/2.png']) {
      read(f({ images: x, labels: x, weights: x, moreWeights: x, paths: ['a.png', path] }));
    }
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('argument 1 was …"dog/2.png")} after …"cat/1.png")};')],
    ]);
    warn.mockRestore();
  });

  it('are made anew for other contents of a typed array', () => {
    const f = owned(compile((values: Float32Array) => tensor1d(values)));
    const values = Float32Array.of(1, 2);
    expect(read(f(values))).toEqual([1, 2]);
    values[0] = 9;
    expect(read(f(values))).toEqual([9, 2]);
    expect([read(f(values.slice())), f.traces]).toEqual([[9, 2], 2]);
  });

  it('are freed by dispose, after which the function records anew', () => {
    const outside = owned(tensor1d([1, 2]));
    const f = owned(compile((x: Tensor) => mul(x, outside)));
    const x = owned(scalar(3));
    read(f(x));
    f.dispose();
    expect(f.traces).toBe(0);
    expect([f(x), f(x)].flatMap(read)).toEqual([3, 6, 3, 6]);
  });

  it('do not leak over 10,000 calls and 100 recordings', () => {
    const weight = variableOf(tensor1d([1, 2, 3]));
    const f = compile((x: Tensor) => {
      weight.assign(add(weight, x));
      return {
        total: sum(weight),
        image: conv2d(
          reshape(x, [1, 1, 1, 1]) as Tensor4D,
          reshape(relu(x), [1, 1, 1, 1]) as Tensor4D,
          1,
          'same',
        ),
      };
    });
    const x = owned(scalar(1e-3));
    x.dataSync();
    const step = () => {
      const { total, image } = f(x);
      total.dispose();
      image.dispose();
    };
    step();
    f.dispose();
    const start = { tensors: memory().numTensors, ids: ids() };
    for (let recording = 0; recording < 100; recording++) {
      for (let call = 0; call < 100; call++) {
        step();
      }
      f.dispose();
    }
    expect({ tensors: memory().numTensors, ids: ids() }).toEqual(start);
  });
});

function lineOf(text: string): number {
  const lines = readFileSync(fileURLToPath(import.meta.url), 'utf8').split('\n');
  return lines.findIndex((line) => line.includes(text)) + 1;
}
