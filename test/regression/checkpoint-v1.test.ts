/** Checkpoints of format version 1, as the release that introduced it wrote them, must load for ever. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CheckpointSaver } from '@loopwright/checkpoint';
import type { StateDict, Stateful } from '@loopwright/core';
import { countTensorsInEveryTest, testVariable } from '@loopwright/test-utils';
import { dispose } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import golden from './fixtures/checkpoint-v1/golden.json' with { type: 'json' };

countTensorsInEveryTest();

/** Every kind of value that a state can hold. */
const everything: StateDict = {
  version: 7,
  null: null,
  flags: [true, false],
  numbers: [0, -0, 0.1, -1e300, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  text: 'Zürich \u{1f600} \ud800',
  empty: { list: [], record: {}, text: '' },
  marks: { $tensor: 'no tensor', $: 1 },
  tensors: {
    'a/b': { dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, -0, Number.NaN, 1 / 3) },
    a: { b: { dtype: 'int32', shape: [], data: Int32Array.of(-7) } },
    list: [{ dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) }],
    empty: { dtype: 'float32', shape: [0, 4], data: new Float32Array(0) },
  },
};

class Holder implements Stateful {
  state: StateDict = { version: 7 };
  stateDict(): StateDict {
    return this.state;
  }
  loadStateDict(state: StateDict): void {
    this.state = state;
  }
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'checkpoint-'));
  for (const [path, contents] of Object.entries(golden.files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), Buffer.from(contents, 'base64'));
  }
});
// Savers that are garbage by now may be unlocking the folder meanwhile.
afterEach(() => rm(folder, { recursive: true, maxRetries: 3 }));

it('is listed with its metrics, and verifies', async () => {
  const saver = new CheckpointSaver(folder);
  const [info, ...others] = await saver.list();
  expect(others).toEqual([]);
  expect(info).toMatchObject({
    epoch: 3,
    name: 'epoch-000003',
    metrics: { 'val.loss': 0.25, 'train.loss': Number.NaN },
  });
  await saver.verify(3);
});

it('loads, exactly', async () => {
  const weights = { 'head/kernel': testVariable([[0, 0]]), 'head/bias': testVariable([0]) };
  const holder = new Holder();
  expect(await new CheckpointSaver(folder).resume({ weights, holder })).toBe(4);
  expect(holder.state).toEqual(everything);
  expect(weights['head/kernel'].dataSync()).toEqual(Float32Array.of(0.5, -1.25));
  expect(weights['head/bias'].dataSync()).toEqual(Float32Array.of(1e-40));
  dispose(weights);
});
