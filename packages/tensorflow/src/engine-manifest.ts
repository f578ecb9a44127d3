import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readJson } from './read-json.ts';
import type { Variant } from './tensorflow-versions.ts';

/** What an engine's folder holds, as its `engine.json` says. It is written last, so it stands for a whole folder. */
export interface EngineManifest {
  readonly format: 1;
  readonly tensorflow: string;
  readonly variant: Variant;
  /** The names of the wheels it came from. */
  readonly wheels: readonly string[];
  /** The libraries by their path in the folder. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export const MANIFEST_FILE = 'engine.json';

/** Reads an engine's manifest; undefined if there is none, or none that this version understands. */
export function readManifest(folder: string): EngineManifest | undefined {
  const manifest = readJson(join(folder, MANIFEST_FILE)) as Partial<EngineManifest> | undefined;
  const understood =
    manifest?.format === 1 &&
    typeof manifest.tensorflow === 'string' &&
    (manifest.variant === 'cpu' || manifest.variant === 'gpu') &&
    typeof manifest.files === 'object' &&
    manifest.files !== null;
  return understood ? (manifest as EngineManifest) : undefined;
}

/** The first library that is missing or has another size than when it was installed. */
export function damagedLibrary(folder: string, manifest: EngineManifest): string | undefined {
  return Object.keys(manifest.files).find((path) => {
    const stat = statSync(join(folder, path), { throwIfNoEntry: false });
    return stat?.size !== manifest.files[path]?.bytes;
  });
}

/** The first library whose content is not what was installed. It reads them all, which takes seconds. */
export function alteredLibrary(folder: string, manifest: EngineManifest): string | undefined {
  return Object.keys(manifest.files).find(
    (path) => fileSha256Sync(join(folder, path)) !== manifest.files[path]?.sha256,
  );
}

/** The name of the engine that is loaded, from `current.json`. */
export function readCurrent(path: string): string | undefined {
  const current = readJson(path) as { engine?: unknown } | undefined;
  return typeof current?.engine === 'string' ? current.engine : undefined;
}

function fileSha256Sync(path: string): string {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, 'r');
  try {
    for (let count = readSync(file, buffer); count > 0; count = readSync(file, buffer)) {
      hash.update(buffer.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}
