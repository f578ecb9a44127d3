import { describe, expect, it } from 'vitest';
import { checker } from './check.ts';
import { LoopwrightError, show } from './errors.ts';

const check = checker('schedulers', 'StepLR');

describe('checker', () => {
  it('names package, subject, argument and value', () => {
    expect(() => check.positiveInteger('stepSize', 0)).toThrow(
      '[loopwright/schedulers] StepLR: stepSize must be a positive integer, got 0',
    );
    expect(() => check.number('gamma', Number.NaN, { above: 0, max: 1 })).toThrow(
      'gamma must be a finite number greater than 0 and at most 1, got NaN',
    );
    expect(() => check.number('gamma', '1')).toThrow('gamma must be a finite number, got "1"');
    expect(() => check.boolean('verbose', 1)).toThrow('verbose must be true or false, got 1');
    expect(() => check.string('path', '')).toThrow('path must be a non-empty string, got ""');
    expect(() => check.func('lrLambda', undefined)).toThrow('lrLambda must be a function, got undefined');
    expect(() => check.oneOf('mode', 'mid', ['min', 'max'])).toThrow(
      'mode must be one of "min", "max", got "mid"',
    );
  });

  it('returns what it was given', () => {
    expect(check.number('gamma', 0.5, { min: 0.5, below: 1 })).toBe(0.5);
    expect(check.integer('epoch', 0, { min: 0 })).toBe(0);
    expect(check.oneOf('mode', 'min', ['min', 'max'])).toBe('min');
  });

  it('refuses unknown options, with a hint where one is near', () => {
    const known = ['stepSize', 'gamma'] as const;
    expect(() => check.options({ step_size: 1 } as object, known as never)).toThrow(
      'unknown option "step_size" (did you mean stepSize?)',
    );
    expect(() => check.options({ momentum: 1 } as object, known as never)).toThrow(
      'unknown option "momentum" (known options: stepSize, gamma)',
    );
    expect(() => check.options(3 as never, known as never)).toThrow('options must be an object, got 3');
    expect(check.options(undefined, known as never)).toEqual({});
  });

  it('throws errors that tell where they come from and keep their cause', () => {
    const cause = new Error('disk full');
    try {
      check.fail('could not write', { cause });
    } catch (error) {
      expect(error).toBeInstanceOf(LoopwrightError);
      expect((error as LoopwrightError).where).toEqual({ package: 'schedulers', subject: 'StepLR' });
      expect((error as LoopwrightError).cause).toBe(cause);
    }
    expect.assertions(3);
  });
});

describe('show', () => {
  it('is short and safe', () => {
    const cyclic: Record<string, unknown> = { name: 'loop' };
    cyclic.self = cyclic;
    expect(show(cyclic)).toBe('{ name, self }');
    expect(show(Array.from({ length: 20 }, (_, i) => i))).toBe('[0, 1, 2, 3, 4, 5, 6, 7, … 20 in all]');
    expect(show({ dtype: 'int32', shape: [2, 3] })).toBe('tensor "int32" of shape [2, 3]');
    expect(show(null)).toBe('null');
    expect(show(new Map())).toBe('Map');
    expect(show(function named() {})).toBe('function named');
  });
});
