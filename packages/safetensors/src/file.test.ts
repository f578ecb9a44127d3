import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedVariables } from '@loopwright/core';
import { expectNoLeak, tinyClassifier } from '@loopwright/test-utils';
import { dispose, tensor1d, tensor2d, variable } from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeRaw } from './encode-raw.ts';
import { load, open, save } from './file.ts';
import { openRaw } from './raw-file.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'safetensors-'));
  path = join(folder, 'model.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

describe('save and load', () => {
  it('bring a model back', async () => {
    const model = tinyClassifier();
    const variables = namedVariables(model);
    await expectNoLeak(() => save(path, variables, { epoch: '12' }));
    const { tensors, metadata } = await expectNoLeak(() => load(path), 7);
    expect(metadata).toEqual({ epoch: '12' });
    expect(Object.keys(tensors).sort()).toEqual(Object.keys(variables).sort());
    for (const [name, value] of Object.entries(variables)) {
      expect(tensors[name]?.shape).toEqual(value.shape);
      expect(tensors[name]?.dataSync(), name).toEqual(value.dataSync());
    }
    dispose(tensors);
    model.dispose();
  });

  it('save what the tensors were when it was called', async () => {
    const w = variable(tensor1d([1, 2]));
    const value = { dtype: 'float32', shape: [2], data: Float32Array.of(5, 6) } as const;
    const saving = save(path, { w, value });
    w.assign(tensor1d([3, 4]));
    w.dispose();
    value.data.fill(7);
    await saving;
    const { tensors } = await load(path);
    expect([...(tensors.w?.dataSync() ?? [])]).toEqual([1, 2]);
    expect([...(tensors.value?.dataSync() ?? [])]).toEqual([5, 6]);
    dispose(tensors);
  });

  it('replace a file, and leave nothing else in the folder', async () => {
    const w = tensor1d([1]);
    await save(path, { w });
    await save(path, { v: w });
    const { tensors } = await load(path);
    expect(Object.keys(tensors)).toEqual(['v']);
    expect(await readdir(folder)).toEqual(['model.safetensors']);
    dispose([w, tensors.v]);
  });

  it('keep the old file when the new one cannot be made', async () => {
    const w = tensor1d([1]);
    await save(path, { w });
    const before = await readFile(path);
    await expect(save(path, { w: 'weights' as never })).rejects.toThrow(
      `[loopwright/safetensors] save: ${JSON.stringify(path)}: tensor "w" must be a tf.Tensor`,
    );
    expect(await readFile(path)).toEqual(before);
    w.dispose();
  });

  it('name the path and the reason when a file cannot be written or read', async () => {
    const missing = join(folder, 'no', 'such.safetensors');
    const shown = JSON.stringify(missing);
    await expect(save(missing, {})).rejects.toThrow(
      `[loopwright/safetensors] save: ${shown}: cannot write: no such file or directory (ENOENT)`,
    );
    await expect(load(missing)).rejects.toThrow(
      `[loopwright/safetensors] load: ${shown}: cannot open: no such file or directory (ENOENT)`,
    );
    await expect(load(folder)).rejects.toThrow(/^\[loopwright\/safetensors\] load: .*\(EISDIR\)$/);
    await expect(load('')).rejects.toThrow('path must be a non-empty string, got ""');
    await expect(save(folder, {})).rejects.toThrow('cannot write');
    expect(await readdir(folder)).toEqual([]);
  });

  it('load makes no tensor of a damaged file', async () => {
    await save(path, { w: { dtype: 'float32', shape: [4], data: new Float32Array(4) } });
    const { length } = await readFile(path);
    await truncate(path, length - 1);
    await expectNoLeak(async () => {
      await expect(load(path)).rejects.toThrow(
        'tensor "w": data_offsets end at 16, but there are 15 bytes of data',
      );
    });
    await truncate(path, 20);
    await expect(load(path)).rejects.toThrow('but the file has 20 in all');
    await truncate(path, 3);
    await expect(load(path)).rejects.toThrow('the file has 3 bytes, too few');
  });
});

describe('open', () => {
  it('knows every tensor, and reads one without the rest', async () => {
    const [a, b] = [tensor2d([[1, 2]]), tensor1d([3], 'int32')];
    await save(path, { a, b }, { note: 'x' });
    const file = await open(path);
    expect(file.names).toEqual(['a', 'b']);
    expect(file.metadata).toEqual({ note: 'x' });
    expect(file.info('a')).toEqual({ dtype: 'F32', shape: [1, 2], byteLength: 8 });
    const copy = await expectNoLeak(() => file.read('b'), 1);
    expect([...copy.dataSync()]).toEqual([3]);
    expect(await file.readRaw('b')).toEqual({ dtype: 'I32', shape: [1], bytes: Uint8Array.of(3, 0, 0, 0) });
    await expect(file.read('c')).rejects.toThrow(
      `[loopwright/safetensors] open: ${JSON.stringify(path)}: there is no tensor "c"; the file has ["a", "b"]`,
    );
    await file.close();
    await expect(file.read('a')).rejects.toThrow('[loopwright/safetensors] open: ');
    dispose([a, b, copy]);
  });

  it('reads exact bytes of any type, and of no other tensor', async () => {
    const bytes = encodeRaw({
      big: { dtype: 'I64', shape: [1], bytes: new Uint8Array(BigInt64Array.of(2n ** 40n).buffer) },
      small: { dtype: 'U8', shape: [1], bytes: Uint8Array.of(5) },
    });
    await writeFile(path, bytes);
    const file = await openRaw(path);
    const { bytes: read } = await file.readRaw('big');
    expect(new BigInt64Array(read.buffer)[0]).toBe(2n ** 40n);
    await truncate(path, bytes.length - 1);
    expect((await file.readRaw('big')).bytes).toEqual(read);
    await expect(file.readRaw('small')).rejects.toThrow('it was cut while it was open');
    await file.close();
  });

  it('closes the file when its header is bad', async () => {
    await writeFile(path, 'not a safetensors file at all');
    await expect(open(path)).rejects.toThrow("the header's length is");
    await expect(openRaw(path)).rejects.toThrow(/^\[loopwright\/safetensors\] openRaw: /);
  });
});
