import { createHash } from 'node:crypto';
import { checker } from '@loopwright/core';
import { readOwner } from '../../../packages/checkpoint/src/lock-owner.ts';
import { readManifest, writeManifest } from '../../../packages/checkpoint/src/manifest.ts';
import { bytesOf, type Target, textOf } from '../target.ts';

const { fail } = checker('checkpoint', 'readManifest');
const digest = { bytes: 12, sha256: 'a'.repeat(64) };

/** A checkpoint's manifest, and its folder's lock. */
export const checkpointManifest: Target = {
  name: 'checkpoint-manifest',
  seeds: () => [
    writeManifest({
      unit: 'epoch',
      epoch: 3,
      created: '2026-01-02T03:04:05.678Z',
      metrics: { loss: 0.5, best: Number.NaN },
      files: { 'state.json': digest, 'state.safetensors': digest },
    }),
    bytesOf('{"token":"t","pid":1,"host":"h","system":"s","started":"1","since":"","id":"2"}'),
  ],
  dictionary: [
    '{"a":',
    '[[',
    '"files":{',
    '"../../state.json":',
    '{"$number":"NaN"}',
    '"__proto__":{',
    'null',
    '1e999',
    '"step"',
  ],
  repair(bytes) {
    const { sha256: _, ...contents } = JSON.parse(textOf(bytes)) as Record<string, unknown>;
    const sha256 = createHash('sha256').update(JSON.stringify(contents)).digest('hex');
    return bytesOf(JSON.stringify({ ...contents, sha256 }));
  },
  parse(bytes) {
    readOwner(bytes);
    return readManifest(bytes, fail, fail);
  },
};
