import { rm } from 'node:fs/promises';
import { LoopwrightError } from '@loopwright/core';
import type { BindingRecord } from '../binding-record.ts';
import { describePlatform } from '../host.ts';
import type { Variant } from '../tensorflow-versions.ts';
import { findCompiler, type Tool } from '../tools.ts';
import { compileBinding } from './compile-binding.ts';
import { removeUnfinished } from './durable-files.ts';
import { extractTensorFlow } from './extract-tensorflow.ts';
import { withInstallLock } from './install-lock.ts';
import { anyEngineWillDo, type InstallOptions, type InstallPlan, planInstall } from './install-plan.ts';
import { asObstacle, installFailure, isDiskFull, isSystemError, Obstacle } from './obstacle.ts';
import {
  type CompiledEngine,
  type EngineFolder,
  type PresentEngine,
  selectEngine,
  usePresentEngine,
  wholeEngines,
} from './present-engine.ts';
import { compilerRemedy, INSTALL_COMMAND, wheelRemedies } from './remedies.ts';
import { getEngineWheels } from './tensorflow-wheel.ts';
import { runVendorScript } from './vendor-script.ts';
import { verifyEngine } from './verify-engine.ts';
import { DamagedFile } from './wheel-errors.ts';
import { wheelPlatforms } from './wheel-name.ts';

export interface InstallResult {
  /** `present` if nothing had to be done, `vendor` if only the vendor's own build could be had. */
  readonly outcome: 'installed' | 'present' | 'vendor';
  /** TensorFlow's version. */
  readonly tensorflow: string;
  /** Unknown of a vendor's build. */
  readonly variant: Variant | undefined;
  /** Whether our extension is part of the binding; see `npx loopwright doctor`. */
  readonly extension: boolean;
  readonly folder: string;
}

/**
 * Provides the native engine: uses what is there; else takes TensorFlow's libraries out of a Python wheel and compiles
 * the binding against them; else, where that cannot be, runs the vendor's own install script.
 *
 * The result lies in the user's cache and serves every project. It is safe to run twice at once and to kill: nothing
 * is ever half-installed, and the next run goes on.
 *
 * @throws LoopwrightError that says what is missing and what to type
 * @example
 * const { tensorflow, folder } = await install({ onProgress: ({ step }) => console.log(step) });
 */
export async function install(options: InstallOptions = {}): Promise<InstallResult> {
  const plan = planInstall(options);
  const present = plan.force ? undefined : await usePresentEngine(plan);
  if (present !== undefined) return describe('present', present);
  try {
    return await withInstallLock(
      plan.layout.lock,
      () => installLocked(plan),
      (pid) => plan.onProgress({ step: `Waiting for another install (process ${pid})` }),
    );
  } catch (error) {
    throw error instanceof LoopwrightError ? error : installFailure(plan.host, [asObstacle(error)]);
  }
}

async function installLocked(plan: InstallPlan): Promise<InstallResult> {
  await Promise.all([plan.layout.root, plan.layout.downloads].map(removeUnfinished));
  // Whoever held the lock before may have done the work.
  const done = plan.force ? undefined : await usePresentEngine(plan);
  return done === undefined ? provide(plan) : describe('present', done);
}

async function provide(plan: InstallPlan): Promise<InstallResult> {
  let obstacle: Obstacle;
  try {
    return describe('installed', await installFromWheel(plan));
  } catch (error) {
    if (!(error instanceof Obstacle) || !anyEngineWillDo(plan)) throw error;
    obstacle = error;
  }
  plan.onProgress({ step: `${obstacle.message}\nTrying the vendor's install script` });
  try {
    return describe('vendor', await runVendorScript(plan.host));
  } catch (error) {
    const vendors = new Obstacle(`the vendor's build could not be had: ${(error as Error).message}`);
    throw installFailure(plan.host, [obstacle, vendors]);
  }
}

/** @throws Obstacle where the vendor's build is the way on; another error where trying again is */
async function installFromWheel(plan: InstallPlan): Promise<CompiledEngine> {
  if (wheelPlatforms(plan.host).length === 0) {
    throw new Obstacle(`no wheel with TensorFlow's C++ library exists for ${describePlatform(plan.host)}`);
  }
  const compiler = findCompiler(plan.host);
  if (compiler === undefined) {
    throw new Obstacle('no C++ compiler was found (tried $CXX, g++, c++ and clang++)', [
      `${compilerRemedy(plan.host)} && ${INSTALL_COMMAND}`,
    ]);
  }
  const present = plan.force ? undefined : wholeEngines(plan)[0];
  const engine = present ?? (await extractWheels(plan));
  let record: BindingRecord;
  try {
    record = await compileAndVerify(plan, compiler, engine.folder);
  } catch (error) {
    if (isDiskFull(error)) throw error;
    throw new Obstacle((error as Error).message, [`CXX=another-compiler ${INSTALL_COMMAND}`]);
  }
  await selectEngine(plan, engine);
  return { ...engine, record };
}

/** Gets the wheels and takes the libraries out of them. The wheels that were downloaded are not kept. */
async function extractWheels(plan: InstallPlan): Promise<EngineFolder> {
  const { host, layout, range, variant = 'cpu', wheel, indexUrl, onProgress } = plan;
  onProgress({ step: wheel === undefined ? 'Looking for a TensorFlow wheel' : `Reading ${wheel}` });
  const order = { host, folder: layout.downloads, indexUrl, onProgress };
  try {
    const wheels = await getEngineWheels({ range, variant, wheel }, order);
    const engine = await extractTensorFlow(host, layout, variant, wheels, onProgress);
    await rm(layout.downloads, { recursive: true, force: true });
    return engine;
  } catch (error) {
    if (error instanceof DamagedFile) await rm(layout.downloads, { recursive: true, force: true });
    if (error instanceof DamagedFile || isSystemError(error)) throw error;
    throw new Obstacle(`TensorFlow's wheel could not be had:\n${(error as Error).message}`, wheelRemedies());
  }
}

async function compileAndVerify(plan: InstallPlan, compiler: Tool, folder: string): Promise<BindingRecord> {
  const { host, onProgress } = plan;
  await removeUnfinished(folder);
  onProgress({ step: `Compiling the binding with ${compiler.command.join(' ')}` });
  return compileBinding(host, compiler, folder, {
    async verify(binding) {
      onProgress({ step: 'Checking that it computes' });
      await verifyEngine(host, binding);
    },
    onWithoutExtension(reason) {
      onProgress({ step: `Loopwright's extension cannot be used, going on without it (${reason})` });
    },
  });
}

function describe(outcome: InstallResult['outcome'], engine: PresentEngine): InstallResult {
  const { folder } = engine;
  if ('tensorflow' in engine) {
    return { outcome, tensorflow: engine.tensorflow, variant: undefined, extension: false, folder };
  }
  const { tensorflow, variant } = engine.manifest;
  const extension = engine.record.withoutExtension === undefined;
  return { outcome, tensorflow, variant, extension, folder };
}
