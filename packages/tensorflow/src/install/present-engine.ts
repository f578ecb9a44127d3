import { basename } from 'node:path';
import { type BindingRecord, mayHavePassed } from '../binding-record.ts';
import { damagedLibrary, type EngineManifest } from '../engine-manifest.ts';
import { findEngine, findVendorEngine, installedEngines, openEngine } from '../find-engine.ts';
import { compareVersions, satisfies } from '../tensorflow-versions.ts';
import { findCompiler } from '../tools.ts';
import { writeJson } from './durable-files.ts';
import { anyEngineWillDo, type InstallPlan } from './install-plan.ts';
import { verifyEngine } from './verify-engine.ts';

/** An engine's folder in the cache. */
export interface EngineFolder {
  readonly folder: string;
  readonly manifest: EngineManifest;
}

/** An engine of the cache with its binding. */
export interface CompiledEngine extends EngineFolder {
  readonly record: BindingRecord;
}

/** What is there: an engine of the cache that needs nothing more, or a vendor's build that loads. */
export type PresentEngine = CompiledEngine | { readonly folder: string; readonly tensorflow: string };

/** What is there and satisfies the plan, made the current engine; undefined if something has to be done. */
export async function usePresentEngine(plan: InstallPlan): Promise<PresentEngine | undefined> {
  const ready = wholeEngines(plan).flatMap(({ folder }) => compiledEngine(plan, folder))[0];
  if (ready !== undefined) {
    if (mayGainExtension(plan, ready)) return undefined;
    await selectEngine(plan, ready);
    return ready;
  }
  return anyEngineWillDo(plan) ? presentVendorBuild(plan) : undefined;
}

/** The engines of the cache that satisfy the plan and whose libraries are whole: the current one, then the newest. */
export function wholeEngines({ host, layout, range, variant }: InstallPlan): EngineFolder[] {
  const current = findEngine(host).engine?.folder;
  return installedEngines(layout)
    .filter(({ manifest }) => satisfies(manifest.tensorflow, range))
    .filter(({ manifest }) => manifest.variant === (variant ?? manifest.variant))
    .filter(({ folder, manifest }) => damagedLibrary(folder, manifest) === undefined)
    .sort(
      (a, b) =>
        Number(b.folder === current) - Number(a.folder === current) ||
        compareVersions(b.manifest.tensorflow, a.manifest.tensorflow),
    );
}

/** Makes an engine the one that is loaded. */
export async function selectEngine({ host, layout }: InstallPlan, { folder }: EngineFolder): Promise<void> {
  if (findEngine(host).engine?.folder === folder) return;
  await writeJson(layout.current, { engine: basename(folder) });
}

function compiledEngine({ host }: InstallPlan, folder: string): CompiledEngine[] {
  const { engine } = openEngine(host, folder);
  return engine?.source === 'installed' ? [engine] : [];
}

/** Whether a binding lacks our extension, and another compiler is there now, or the same one may succeed now. */
function mayGainExtension({ host }: InstallPlan, { record }: CompiledEngine): boolean {
  if (record.withoutExtension === undefined) return false;
  const compiler = findCompiler(host);
  if (compiler === undefined) return false;
  return compiler.version !== record.compiler || mayHavePassed(record.withoutExtension);
}

async function presentVendorBuild({
  host,
}: InstallPlan): Promise<{ folder: string; tensorflow: string } | undefined> {
  const engine = findVendorEngine(host);
  if (engine === undefined) return undefined;
  const tensorflow = await verifyEngine(host, engine.binding).catch(() => undefined);
  return tensorflow === undefined ? undefined : { folder: engine.folder, tensorflow };
}
