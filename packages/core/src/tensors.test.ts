import { expectNoLeak } from '@loopwright/test-utils';
import { scalar, tensor1d, tensor2d, variable } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checker } from './check.ts';
import { checkState, isStateful, type StateDict } from './stateful.ts';
import { isTensorValue, readTensor } from './tensor-value.ts';
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
