import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Finding, fuzzTarget, tryInput } from './fuzz-target.ts';
import { REGRESSIONS, readInputs } from './regressions.ts';
import { bytesOf, type Target, Violation } from './target.ts';
import { targets } from './targets/index.ts';

/** A short run; `npm run fuzz` makes long ones. */
const INPUTS = 300;

describe.each(targets.map((target) => [target.name, target] as const))('%s', (name, target) => {
  it('takes or refuses what was found before', async () => {
    for (const bytes of readInputs(join(REGRESSIONS, name))) {
      expect((await tryInput(target, bytes)).problem).toBeUndefined();
    }
  });

  it(`takes or refuses ${INPUTS} files more`, async () => {
    const findings: string[] = [];
    const result = await fuzzTarget(target, {
      inputs: INPUTS,
      seed: 0,
      onFinding: ({ problem }) => findings.push(problem),
    });
    expect(findings).toEqual([]);
    expect(result.outcomes).toBeGreaterThan(1);
  });
});

describe('the fuzzer', () => {
  const parser = (parse: Target['parse']): Target => ({
    name: 'test',
    seeds: () => [bytesOf('seed')],
    parse,
  });
  const problemOf = async (parse: Target['parse']) =>
    (await tryInput(parser(parse), bytesOf('seed'))).problem ?? '';

  it('finds what it is to find', async () => {
    expect(await problemOf(() => new Uint8Array(-1))).toContain('RangeError');
    expect(await problemOf(() => Object.setPrototypeOf({}, { admin: true }))).toContain('prototype');
    expect(await problemOf(() => Promise.reject(new Violation('outside')))).toContain('outside');
    const held: Uint8Array[] = [];
    expect(await problemOf(() => held.push(new Uint8Array(2 ** 29)))).toContain('memory has grown');
  });

  it('comes nearer step by step, since it changes what led somewhere new', async () => {
    const findings: Finding[] = [];
    const parse = (bytes: Uint8Array) => {
      const text = Buffer.from(bytes).toString('latin1');
      const length = ['[', '{', '"'].findIndex((token, at) => text[at] !== token);
      if (length < 0) throw new TypeError('here');
      return { [length]: length };
    };
    await fuzzTarget(parser(parse), { inputs: 20_000, seed: 1, onFinding: (one) => findings.push(one) });
    expect(findings).toHaveLength(1);
  });
});
