import { describe, expect, it } from 'vitest';
import { digestOf, type Manifest, readManifest, writeManifest } from './manifest.ts';

const digest = digestOf([new TextEncoder().encode('ab'), new TextEncoder().encode('c')]);
const manifest: Manifest = {
  unit: 'epoch',
  epoch: 12,
  created: '2026-01-02T03:04:05.678Z',
  metrics: { loss: Number.NaN, accuracy: 0.5, 10: 1, zero: -0 },
  files: { 'state.json': digest, 'state.safetensors': digest },
};
const damaged = (message: string): never => {
  throw new Error(`damaged: ${message}`);
};
const fail = (message: string): never => {
  throw new Error(`failed: ${message}`);
};
const read = (bytes: Uint8Array) => readManifest(bytes, damaged, fail);
const text = new TextDecoder().decode(writeManifest(manifest));
const edited = (from: string, to: string) => {
  expect(text).toContain(from);
  return new TextEncoder().encode(text.replace(from, to));
};

describe('a manifest', () => {
  it('holds the size and SHA-256 of files written in pieces', () => {
    // FIPS 180-2's example.
    const sha256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(digest).toEqual({ bytes: 3, sha256 });
  });

  it('survives, non-finite metrics too', () => {
    expect(read(writeManifest(manifest))).toEqual(manifest);
  });

  it('may be indented otherwise', () => {
    expect(read(new TextEncoder().encode(JSON.stringify(JSON.parse(text))))).toEqual(manifest);
  });

  it.each([
    ['a changed metric', '0.5', '0.6'],
    ['a changed size', '"bytes": 3', '"bytes": 4'],
    ['a changed epoch', '12', '13'],
    ['a changed checksum', 'ba78', 'ba79'],
    ['an added field', '"unit"', '"extra": 1,\n  "unit"'],
  ])('shows %s by its own checksum', (_, from, to) => {
    expect(() => read(edited(from, to))).toThrow('damaged: its own checksum does not fit');
  });

  it('is damaged if cut, empty, or of something else', () => {
    const bytes = writeManifest(manifest);
    for (const length of [0, 1, 100, bytes.length - 3]) {
      expect(() => read(bytes.subarray(0, length))).toThrow('damaged: is not valid JSON');
    }
    expect(() => read(new TextEncoder().encode('null'))).toThrow('damaged: format is undefined');
    expect(() => read(edited('loopwright-checkpoint', 'other'))).toThrow('damaged: format is "other"');
  });

  it('of a newer release is no damage, and says so', () => {
    expect(() => read(edited('"version": 1', '"version": 2'))).toThrow(
      'failed: it has format version 2; this release reads version 1',
    );
  });

  it('that is false in spite of a right checksum is refused', () => {
    const forged = (changes: object) => () => read(writeManifest({ ...manifest, ...changes } as Manifest));
    expect(forged({ unit: 'year' })).toThrow('damaged: unit is "year"');
    expect(forged({ epoch: -1 })).toThrow('damaged: epoch is -1');
    expect(forged({ created: 5 })).toThrow('damaged: created is 5');
    expect(forged({ files: { '../../etc/passwd': digest } })).toThrow('damaged: files must be');
    expect(forged({ files: { ...manifest.files, 'state.json': { bytes: -1, sha256: '' } } })).toThrow(
      'damaged: file "state.json" has no size and checksum',
    );
  });
});
