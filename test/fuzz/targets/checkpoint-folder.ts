import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checker } from '@loopwright/core';
import { encodeRaw } from '@loopwright/safetensors/raw';
import { digestOf, writeManifest } from '../../../packages/checkpoint/src/manifest.ts';
import { nodeFileSystem } from '../../../packages/checkpoint/src/node-file-system.ts';
import { readCheckpoint } from '../../../packages/checkpoint/src/read-checkpoint.ts';
import { sandbox } from '../sandbox.ts';
import { bytesOf, type Target } from '../target.ts';
import { safetensors } from './safetensors.ts';

const check = checker('checkpoint', 'CheckpointSaver');
const state = bytesOf('{"model":{"version":1,"w":{"$tensor":"w"}}}');
const { repair } = safetensors;
let folder: string | undefined;

/** The tensors of a checkpoint whose checksums are right. */
export const checkpointFolder: Target = {
  name: 'checkpoint-folder',
  seeds: () => [encodeRaw({ w: { dtype: 'F32', shape: [2], bytes: new Uint8Array(8) } })],
  dictionary: ['"dtype":"I64"', '"shape":[', '"w":{', '"__proto__":{', '"data_offsets":[0,0]', '"BF16"'],
  ...(repair && { repair }),
  parse(bytes) {
    folder ??= join(sandbox(), 'epoch-000001');
    mkdirSync(folder, { recursive: true });
    const manifest = writeManifest({
      unit: 'epoch',
      epoch: 1,
      created: '',
      metrics: {},
      files: { 'state.json': digestOf([state]), 'state.safetensors': digestOf([bytes]) },
    });
    writeFileSync(join(folder, 'state.json'), state);
    writeFileSync(join(folder, 'state.safetensors'), bytes);
    writeFileSync(join(folder, 'manifest.json'), manifest);
    return readCheckpoint({ files: nodeFileSystem, check, path: folder });
  },
};
