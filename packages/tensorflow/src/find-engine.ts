import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BINDING_FILE, BINDING_RECORD_FILE, bindingFolderName, CAPTURE_FILE } from './binding-recipe.ts';
import { type BindingRecord, readBindingRecord } from './binding-record.ts';
import { type CacheLayout, cacheLayout } from './cache-layout.ts';
import { damagedLibrary, type EngineManifest, readCurrent, readManifest } from './engine-manifest.ts';
import { type Host, thisHost } from './host.ts';

/** An engine that can be loaded. */
export type Engine = InstalledEngine | VendorEngine;

/** An engine that our installer put into the cache. */
export interface InstalledEngine {
  readonly source: 'installed';
  readonly folder: string;
  readonly manifest: EngineManifest;
  readonly binding: string;
  readonly record: BindingRecord;
  /** The addon that holds back standard error while libraries load. */
  readonly capture: string;
}

/** What `@tensorflow/tfjs-node-gpu`'s own install script left in its package. */
export interface VendorEngine {
  readonly source: 'vendor';
  readonly folder: string;
  readonly binding: string;
}

/** The engine to load, or why there is none. */
export type EngineLookup =
  | { readonly engine: Engine; readonly problem?: undefined }
  | { readonly engine?: undefined; readonly problem: string };

/**
 * Looks for the engine that `import '@loopwright/tensorflow'` loads: the current one of the cache, else the vendor's.
 * It loads nothing.
 */
export function findEngine(host: Host = thisHost()): EngineLookup {
  const layout = cacheLayout(host);
  const current = readCurrent(layout.current);
  const installed: EngineLookup =
    current === undefined
      ? { problem: `no engine is installed in ${layout.root}` }
      : openEngine(host, join(layout.root, current));
  if (installed.engine !== undefined) return installed;
  const vendor = findVendorEngine(host);
  return vendor === undefined ? installed : { engine: vendor };
}

/** Opens one folder of the cache, checking that everything that is loaded from it is there. */
export function openEngine(host: Host, folder: string): EngineLookup {
  const manifest = readManifest(folder);
  if (manifest === undefined) return { problem: `${folder} is not a finished install` };
  const damaged = damagedLibrary(folder, manifest);
  if (damaged !== undefined) return { problem: `${join(folder, damaged)} is missing or cut short` };
  const bindingFolder = join(folder, bindingFolderName(host));
  const binding = join(bindingFolder, BINDING_FILE);
  if (!existsSync(binding)) {
    return { problem: `${folder} has no binding for this version of @loopwright/tensorflow` };
  }
  const capture = join(bindingFolder, CAPTURE_FILE);
  const record = readBindingRecord(join(bindingFolder, BINDING_RECORD_FILE));
  return { engine: { source: 'installed', folder, manifest, binding, record, capture } };
}

/** The finished engines of the cache, with or without a binding for this version. */
export function installedEngines(layout: CacheLayout): { folder: string; manifest: EngineManifest }[] {
  if (!existsSync(layout.root)) return [];
  return readdirSync(layout.root).flatMap((name) => {
    const folder = join(layout.root, name);
    const manifest = readManifest(folder);
    return name.startsWith('.') || manifest === undefined ? [] : [{ folder, manifest }];
  });
}

/** What the vendor's script leaves: `lib/napi-vN/tfjs_binding.node`, N up to the running Node's version of the ABI. */
export function findVendorEngine({ vendorPackage }: Pick<Host, 'vendorPackage'>): VendorEngine | undefined {
  const abi = Number(process.versions.napi);
  for (let version = abi; version > 0; version--) {
    const binding = join(vendorPackage, 'lib', `napi-v${version}`, BINDING_FILE);
    if (existsSync(binding)) return { source: 'vendor', folder: vendorPackage, binding };
  }
  return undefined;
}
