import { expectNoLeak } from '@loopwright/test-utils';
import { scalar, tensor1d, tensor2d, variable } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checker } from './check.ts';
import { checkState, isStateful, type StateDict } from './stateful.ts';
import { isTensorValue, provideTensorReader, readTensor, readTensorsInto } from './tensor-value.ts';
import { assignValue, prepareVariables, readVariables, toTensor } from './tensors.ts';

const check = checker('core', 'test');

describe('tensor values', () => {
  it.each([
    ['float32', [1.5, -0, Number.NaN, Number.POSITIVE_INFINITY]],
    ['int32', [1, -2, 2147483647, 0]],
    ['bool', [1, 0, 1, 1]],
  ] as const)('copy a %s tensor off the device and back, bit for bit', (dtype, values) =>
    expectNoLeak(() => {
      const original = tensor2d(values as unknown as number[], [2, 2], dtype);
      const value = readTensor(original);
      const back = toTensor(value);
      expect(isTensorValue(value)).toBe(true);
      expect(value).toMatchObject({ dtype, shape: [2, 2] });
      expect(Object.is(value.data[1], original.dataSync()[1])).toBe(true);
      expect(readTensor(back)).toEqual(value);
      original.dispose();
      back.dispose();
    }),
  );

  it('are copies: neither side sees the other change', () =>
    expectNoLeak(() => {
      const subject = variable(tensor1d([1, 2]));
      const value = readTensor(subject);
      const source = new Float32Array([3, 4]);
      assignValue(subject, { dtype: 'float32', shape: [2], data: source });
      source[0] = 99;
      expect([...value.data]).toEqual([1, 2]);
      expect([...subject.dataSync()]).toEqual([3, 4]);
      subject.dispose();
    }, 1)); // the initial value of the variable, which the caller of tf.variable owns
});

describe('readTensorsInto', () => {
  const at = (memory: Uint8Array) => {
    let offset = 0;
    return (bytes: number) => {
      offset += bytes;
      return memory.subarray(offset - bytes, offset);
    };
  };

  it.each(['float32', 'int32', 'bool'] as const)('reads %s tensors to the memory it is given', (dtype) =>
    expectNoLeak(() => {
      const memory = new Uint8Array(new SharedArrayBuffer(64));
      const [first, empty, second] = [
        tensor1d([1, 0, 1], dtype),
        tensor1d([], dtype),
        tensor1d([0, 1], dtype),
      ];
      const values = readTensorsInto(at(memory), () => [first, empty, second].map(readTensor));
      expect(values).toEqual([first, empty, second].map(readTensor));
      for (const { data } of values) expect(data.buffer).toBe(memory.buffer);
      for (const tensor of [first, empty, second]) tensor.dispose();
    }),
  );

  it('ends with its function, and when that throws', () =>
    expectNoLeak(() => {
      const memory = new Uint8Array(64);
      const subject = tensor1d([1]);
      const fail = () => {
        throw new Error('no');
      };
      expect(() => readTensorsInto(at(memory), fail)).toThrow('no');
      expect(readTensor(subject).data.buffer).not.toBe(memory.buffer);
      const outer = new Uint8Array(64);
      readTensorsInto(at(outer), () => {
        readTensorsInto(at(memory), () => undefined);
        expect(readTensor(subject).data.buffer).toBe(outer.buffer);
      });
      subject.dispose();
    }));

  it('asks an engine first', () =>
    expectNoLeak(() => {
      const subject = tensor1d([1, 2, 3]);
      const before = provideTensorReader((tensor, target) => {
        if (tensor.size === 3) new Float32Array(target.buffer, target.byteOffset, 3).fill(7);
        return tensor.size === 3;
      });
      const other = tensor1d([4]);
      const values = readTensorsInto(at(new Uint8Array(64)), () => [subject, other].map(readTensor));
      provideTensorReader(before);
      expect(values.map(({ data }) => [...data])).toEqual([[7, 7, 7], [4]]);
      subject.dispose();
      other.dispose();
    }));
});

describe('prepareVariables', () => {
  it('assigns all or nothing', () => {
    const variables = { a: variable(tensor1d([1, 2])), b: variable(scalar(3)) };
    const saved = readVariables(variables);
    const zero = { dtype: 'float32', shape: [], data: new Float32Array(1) } as const;
    expect(() => prepareVariables(check, 'state', variables, { a: saved.a! })).toThrow(
      'state does not fit: missing "b"',
    );
    expect(() => prepareVariables(check, 'state', variables, { ...saved, c: zero })).toThrow('unknown "c"');
    expect(() => prepareVariables(check, 'state', variables, { a: zero, b: zero })).toThrow(
      '[loopwright/core] test: state["a"] is float32 [], expected float32 [2]',
    );
    expect(() => prepareVariables(check, 'state', variables, { a: 1, b: zero })).toThrow(
      `state["a"] must be a tensor's value, got 1`,
    );
    const short = { dtype: 'float32', shape: [2], data: new Float32Array(1) } as const;
    expect(() => prepareVariables(check, 'state', variables, { a: short, b: zero })).toThrow(
      '[loopwright/core] test: state["a"] of shape [2] must have 2 values, got 1',
    );
    expect(readVariables(variables)).toEqual(saved);
    const apply = prepareVariables(check, 'state', variables, { ...saved, b: zero });
    expect(readVariables(variables)).toEqual(saved);
    apply();
    expect(variables.b.dataSync()[0]).toBe(0);
  });
});

describe('checkState', () => {
  it('wants this version and these keys', () => {
    const state: StateDict = { version: 2, step: 1 };
    expect(checkState(check, state, 2, ['step']).step).toBe(1);
    expect(() => checkState(check, state, 3, ['step'])).toThrow(
      'state has version 2, this release reads version 3',
    );
    expect(() => checkState(check, state, 2, ['step', 'rate'])).toThrow('state does not fit: missing "rate"');
    expect(() => checkState(check, state, 2, [])).toThrow('unknown "step"');
    expect(() => checkState(check, null as never, 2, [])).toThrow(
      'state must be a state dictionary, got null',
    );
  });

  it('knows what is stateful', () => {
    expect(isStateful({ stateDict() {}, loadStateDict() {} })).toBe(true);
    expect(isStateful({ stateDict() {} })).toBe(false);
    expect(isStateful(undefined)).toBe(false);
  });
});
