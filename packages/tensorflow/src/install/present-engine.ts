import { basename } from 'node:path';
import { damagedLibrary, type EngineManifest } from '../engine-manifest.ts';
import { findEngine, findVendorEngine, installedEngines, openEngine } from '../find-engine.ts';
import { compareVersions, satisfies } from '../tensorflow-versions.ts';
import { writeJson } from './durable-files.ts';
import { anyEngineWillDo, type InstallPlan } from './install-plan.ts';
import { verifyEngine } from './verify-engine.ts';

/** An engine's folder in the cache. */
export interface EngineFolder {
  readonly folder: string;
  readonly manifest: EngineManifest;
}

/** What is there: an engine of the cache that needs nothing more, or a vendor's build that loads. */
export type PresentEngine = EngineFolder | { readonly folder: string; readonly tensorflow: string };

/** What is there and satisfies the plan, made the current engine; undefined if something has to be done. */
export async function usePresentEngine(plan: InstallPlan): Promise<PresentEngine | undefined> {
  const ready = wholeEngines(plan).find(({ folder }) => openEngine(plan.host, folder).engine !== undefined);
  if (ready !== undefined) {
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

async function presentVendorBuild({
  host,
}: InstallPlan): Promise<{ folder: string; tensorflow: string } | undefined> {
  const engine = findVendorEngine(host);
  if (engine === undefined) return undefined;
  const tensorflow = await verifyEngine(host, engine.binding).catch(() => undefined);
  return tensorflow === undefined ? undefined : { folder: engine.folder, tensorflow };
}
