import { spawnSync } from 'node:child_process';
import { checker } from '@loopwright/core';
import { type CpuInfo, cpuInfo } from '@loopwright/core/machine';
import { alteredLibrary } from '../engine-manifest.ts';
import { type Engine, findEngine } from '../find-engine.ts';
import { describePlatform, type Host, thisHost } from '../host.ts';
import type { Variant } from '../tensorflow-versions.ts';
import { findCompiler, findPip } from '../tools.ts';
import { cudaDevices, missingCudaLibraries } from './cuda-devices.ts';
import { type EngineProblem, findProblems } from './find-problems.ts';
import { type ProbeOutcome, probeCommand, probeEnvironment, readProbe } from './probe-engine.ts';
import { type TfjsCopy, tfjsCopies } from './tfjs-copies.ts';

/** What is known about the engine and its surroundings: plain data. */
export interface EngineInfo {
  /** Whether the engine can be loaded and computes. */
  readonly usable: boolean;
  readonly node: string;
  /** For example `linux x64`. */
  readonly platform: string;
  readonly glibc: string | undefined;
  readonly compiler: { readonly command: string; readonly version: string } | undefined;
  readonly pip: { readonly command: string; readonly version: string } | undefined;
  readonly tensorflow: TensorFlowInfo | undefined;
  /** Undefined if TensorFlow could not be asked. */
  readonly oneDnn: boolean | undefined;
  /**
   * Whether our extension is part of the binding. Without it compiled functions run eagerly, optimizers update weights op
   * by op, and profiles see calls only. Undefined if TensorFlow could not be asked.
   */
  readonly extension: boolean | undefined;
  readonly cpu: CpuInfo;
  readonly cuda: CudaInfo;
  /** Copies of `@tensorflow/tfjs-core` that the project in the current folder sees; one is right. */
  readonly tfjsCopies: readonly TfjsCopy[];
  /** Undefined if it was not asked for or TensorFlow could not be asked. */
  readonly matmul: { readonly size: number; readonly gflops: number } | undefined;
  readonly problems: readonly EngineProblem[];
}

export interface TensorFlowInfo {
  /** Whose build it is: our installer's or the vendor's own. */
  readonly source: 'installed' | 'vendor';
  readonly folder: string;
  /** Undefined of a vendor's build that does not load. */
  readonly version: string | undefined;
  readonly variant: Variant | undefined;
  /** Why our extension could not be compiled into the binding, if it could not. */
  readonly withoutExtension: string | undefined;
}

export interface CudaInfo {
  /** The NVIDIA devices that the driver knows. */
  readonly devices: readonly string[];
  /** Whether TensorFlow computes on one of them. */
  readonly used: boolean;
  /** Libraries that the gpu variant looks for and does not find; empty for the cpu variant, which needs none. */
  readonly missingLibraries: readonly string[];
}

export interface EngineInfoOptions {
  /** How long matrices are multiplied to see how fast it is; 0 leaves it out. 1 by default. */
  readonly matmulSeconds?: number;
  /** The machine to look at; this one by default. */
  readonly host?: Host;
}

const check = checker('tensorflow', 'engineInfo');

/**
 * Looks at the engine that `import '@loopwright/tensorflow'` loads, and at what installing it depends on. TensorFlow
 * itself is loaded in a process of its own, so this also answers where it crashes. It takes a few seconds.
 *
 * @example
 * const { usable, tensorflow, problems } = engineInfo({ matmulSeconds: 0 });
 */
export function engineInfo(options: EngineInfoOptions = {}): EngineInfo {
  check.options(options, ['matmulSeconds', 'host']);
  const seconds = check.number('matmulSeconds', options.matmulSeconds ?? 1, { min: 0, max: 600 });
  const host = options.host ?? thisHost();
  const { engine, problem } = findEngine(host);
  const outcome: ProbeOutcome = engine === undefined ? { problem } : probe(host, engine, seconds);
  const variant = engine?.source === 'installed' ? engine.manifest.variant : undefined;
  const info: Omit<EngineInfo, 'problems'> = {
    usable: outcome.probe !== undefined,
    node: process.version,
    platform: describePlatform(host),
    glibc: host.glibc,
    compiler: tool(findCompiler(host)),
    pip: tool(findPip(host)),
    tensorflow: engine === undefined ? undefined : tensorFlowInfo(engine, outcome),
    oneDnn: outcome.probe?.oneDnn,
    extension: outcome.probe?.extension,
    cpu: cpuInfo(host.platform),
    cuda: {
      devices: cudaDevices(host),
      used: outcome.probe?.gpu ?? false,
      missingLibraries:
        engine !== undefined && variant === 'gpu' ? missingCudaLibraries(host, engine.folder) : [],
    },
    tfjsCopies: tfjsCopies(process.cwd()),
    matmul: outcome.probe?.matmul,
  };
  return { ...info, problems: findProblems(host, info, outcome.problem) };
}

function probe(host: Host, engine: Engine, seconds: number): ProbeOutcome {
  const [program, ...args] = probeCommand(host, engine.binding, seconds);
  const { status, signal, stdout, stderr } = spawnSync(program, args, {
    env: probeEnvironment(host),
    encoding: 'utf8',
    timeout: 120_000 + seconds * 1000,
  });
  const outcome = readProbe({ code: status, signal, stdout, stderr });
  return outcome.probe === undefined ? { problem: withCulprit(engine, outcome.problem) } : outcome;
}

/** Why an engine does not load, with the library that was altered since it was installed, if one was. */
function withCulprit(engine: Engine, problem: string): string {
  if (engine.source !== 'installed') return problem;
  const altered = alteredLibrary(engine.folder, engine.manifest);
  return altered === undefined ? problem : `${problem} (${altered} is not what was installed)`;
}

function tensorFlowInfo(engine: Engine, { probe }: ProbeOutcome): TensorFlowInfo {
  const { source, folder } = engine;
  const { manifest, record } = engine.source === 'installed' ? engine : {};
  return {
    source,
    folder,
    version: probe?.tensorflow ?? manifest?.tensorflow,
    variant: manifest?.variant,
    withoutExtension: record?.withoutExtension,
  };
}

function tool(found: ReturnType<typeof findPip>): EngineInfo['pip'] {
  return found === undefined ? undefined : { command: found.command.join(' '), version: found.version };
}
