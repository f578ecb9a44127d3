import { checker, isTensorValue, reasonOf } from '@loopwright/core';
import { adoptTensor } from '@loopwright/core/tensors';
import type { Tensor } from '@tensorflow/tfjs-core';
import { type Contents, makeTensors } from './decode.ts';
import { encodeTensors, type TensorsToSave } from './encode.ts';
import { failAt } from './failure.ts';
import { openWith, RawFile } from './raw-file.ts';
import type { Metadata } from './raw-tensor.ts';
import { rawToValue } from './tensor-values.ts';

const saving = checker('safetensors', 'save');
const loading = checker('safetensors', 'load');
const opening = checker('safetensors', 'open');

/**
 * Writes tensors to a file, atomically: whatever happens, `path` holds the old contents or the new, whole. The values
 * are read when `save` is called; changing the tensors before it is done does no harm.
 *
 * @param tensors borrowed
 * @param metadata text by name
 * @throws LoopwrightError as {@link encode}, or if the file cannot be written; the old file is untouched then
 * @example
 * await save('model.safetensors', namedVariables(model), { epoch: '12' });
 */
export async function save(path: string, tensors: TensorsToSave, metadata?: Metadata): Promise<void> {
  const fail = failAt(saving, saving.string('path', path));
  const content = encodeTensors(withOwnValues(tensors), metadata, fail);
  // Imported here, so that a browser can load everything else.
  const { replaceFile } = await import('@loopwright/core/files');
  try {
    await replaceFile(path, content);
  } catch (error) {
    fail(`cannot write: ${reasonOf(error)}`, { cause: error });
  }
}

/** The same tensors, plain values copied; what lies on the device is copied when it is read. */
function withOwnValues(tensors: TensorsToSave): TensorsToSave {
  const entries = Object.entries(tensors).map(([name, tensor]) => {
    return [name, isTensorValue(tensor) ? { ...tensor, data: tensor.data.slice() } : tensor] as const;
  });
  return Object.fromEntries(entries);
}

/**
 * Reads all of a file.
 *
 * @returns tensors, which the caller disposes, and the metadata, empty if there is none
 * @throws LoopwrightError as {@link decode}, or if the file cannot be read
 * @example
 * await save('model.safetensors', namedVariables(model), { epoch: '12' });
 * const { tensors, metadata } = await load('model.safetensors');
 * metadata.epoch; // '12'
 * tf.dispose(tensors);
 */
export async function load(path: string): Promise<Contents> {
  const fail = failAt(loading, loading.string('path', path));
  const file = await openWith(path, fail, RawFile);
  try {
    const values = [];
    for (const name of file.names) {
      values.push([name, rawToValue(name, await file.readRaw(name), fail)] as const);
    }
    return { tensors: makeTensors(values, adoptTensor), metadata: { ...file.metadata } };
  } finally {
    await file.close();
  }
}

/** An open file whose tensors are read one by one. Made by {@link open}. */
export class SafetensorsFile extends RawFile {
  /**
   * Reads one tensor, and nothing else of the file.
   *
   * @returns a tensor that the caller disposes
   * @throws LoopwrightError if there is no such tensor, or its type has no counterpart in TensorFlow.js
   */
  async read(name: string): Promise<Tensor> {
    return adoptTensor(rawToValue(name, await this.readRaw(name), this.fail));
  }
}

/**
 * Opens a file and reads its header alone: names, types and shapes are known, and each tensor is read when asked for.
 *
 * @returns a file that the caller closes
 * @throws LoopwrightError if the file cannot be read, or its header is malformed
 * @example
 * await save('model.safetensors', namedVariables(model));
 * const file = await open('model.safetensors');
 * file.info('head/kernel').shape; // [8, 10]
 * const kernel = await file.read('head/kernel');
 * await file.close();
 * kernel.dispose();
 */
export async function open(path: string): Promise<SafetensorsFile> {
  return openWith(path, failAt(opening, opening.string('path', path)), SafetensorsFile);
}
