import type { TensorValue } from '@loopwright/core';
import { decode, decodeRaw, encode, encodeRaw } from '@loopwright/safetensors';
import { expectNoLeak } from '@loopwright/test-utils';
import { dispose } from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import golden from './golden.json' with { type: 'json' };

interface GoldenCase {
  file: string;
  metadata: Record<string, string>;
  tensors: Record<string, { shape: number[]; expected: { dtype: string; data: string } | null }>;
}

const cases = Object.entries(golden.cases as unknown as Record<string, GoldenCase>);
const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

/** Equality is exact: widening is, and torch rounds float64 as JavaScript does, to nearest even. */
function arrayOf({ dtype, data }: { dtype: string; data: string }): TensorValue['data'] {
  const bytes = bytesOf(data);
  if (dtype === 'bool') return bytes;
  return dtype === 'float32' ? new Float32Array(bytes.buffer) : new Int32Array(bytes.buffer);
}

describe(`files of Python's safetensors ${golden.version}`, () => {
  it.each(cases)('%s: written again, the bytes are equal', (_, { file, metadata, tensors }) => {
    const contents = decodeRaw(bytesOf(file));
    expect(contents.metadata).toEqual(metadata);
    expect(Object.keys(contents.tensors).sort()).toEqual(Object.keys(tensors).sort());
    expect(Buffer.from(encodeRaw(contents.tensors, contents.metadata)).toString('base64')).toBe(file);
  });

  const convertible = cases.filter(([, { tensors }]) => Object.values(tensors).every((t) => t.expected));
  it.each(convertible)('%s: tensors have the values that torch gives them', async (_, golden) => {
    const count = Object.keys(golden.tensors).length;
    const { tensors } = await expectNoLeak(() => decode(bytesOf(golden.file)), count);
    for (const [name, { shape, expected }] of Object.entries(golden.tensors)) {
      const tensor = tensors[name];
      expect(tensor?.shape, name).toEqual(shape);
      expect(tensor?.dtype, name).toBe(expected?.dtype);
      expect(tensor?.dataSync(), name).toEqual(expected && arrayOf(expected));
    }
    dispose(tensors);
  });

  const native = cases.filter(([name]) => ['shapes', 'names', 'empty'].includes(name));
  it.each(native)('%s: tensors encode to the bytes that Python writes', async (_, { file, metadata }) => {
    const { tensors } = decode(bytesOf(file));
    const encoded = await expectNoLeak(() => encode(tensors, metadata));
    expect(Buffer.from(encoded).toString('base64')).toBe(file);
    dispose(tensors);
  });

  const inexpressible = cases.flatMap(([, { file, tensors }]) =>
    Object.entries(tensors)
      .filter(([, { expected }]) => expected === null)
      .map(([name]) => [name, file] as const),
  );
  it.each(inexpressible)('%s is refused as a tensor, and its bytes can be read', async (name, file) => {
    const raw = decodeRaw(bytesOf(file)).tensors[name];
    expect(raw?.bytes.length).toBeGreaterThan(0);
    const alone = encodeRaw({ [name]: raw as NonNullable<typeof raw> });
    await expectNoLeak(() => {
      expect(() => decode(alone)).toThrow(
        `[loopwright/safetensors] decode: tensor ${JSON.stringify(name)}: `,
      );
    });
  });
});
