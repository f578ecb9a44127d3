import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import {
  type Checker,
  checker,
  checkKeys,
  checkState,
  type StateDict,
  type Stateful,
  show,
  stateRecord,
} from '@loopwright/core';
import { cpuInfo } from '@loopwright/core/machine';
import { engine, version_core } from '@tensorflow/tfjs-core';
import { activeNativeBackend } from '../native/native-backend.ts';
import { readJson } from '../read-json.ts';

/** What the last bits of results depend on, besides the program, its data and its seeds. */
export type EnvironmentDescription = {
  /** For example `TensorFlow 2.21.0`. */
  readonly engine: string;
  /** For example `AMD EPYC (family 26, model 2, stepping 1)`. */
  readonly cpu: string;
  /** The CPU's instruction sets that matter. */
  readonly instructions: string;
  /** Sums are split among so many threads. */
  readonly threads: number;
  /** Variables that change what oneDNN computes by, as `TF_ENABLE_ONEDNN_OPTS=1`. */
  readonly settings: string;
  readonly loopwright: string;
  /** Its functions of numbers, as in the random draws of a host. */
  readonly node: string;
};

const check: Checker = checker('tensorflow', 'environment');
const NAMES: Readonly<Record<keyof EnvironmentDescription, string>> = {
  engine: 'engine',
  cpu: 'CPU',
  instructions: 'instruction sets',
  threads: 'threads',
  settings: 'settings',
  loopwright: 'version of @loopwright/tensorflow',
  node: 'version of Node.js',
};
const KEYS = Object.keys(NAMES) as (keyof EnvironmentDescription)[];
const SETTINGS = ['TF_ENABLE_ONEDNN_OPTS', 'ONEDNN_MAX_CPU_ISA', 'DNNL_MAX_CPU_ISA'];

/**
 * Where a run computes and has computed, as a part of it. A run that is resumed where something differs goes on, and a
 * warning says what: its results will differ in the last bits from those of a run that stayed where it was.
 */
export class RunEnvironment implements Stateful {
  private readonly describe: () => EnvironmentDescription;
  private earlier: readonly EnvironmentDescription[] = [];

  /** @param describe what is here; by default {@link describeEnvironment} */
  constructor(describe: () => EnvironmentDescription = describeEnvironment) {
    this.describe = describe;
  }

  /** Where the run has computed, one after the other, this process's last. */
  get history(): readonly EnvironmentDescription[] {
    const here = this.describe();
    const last = this.earlier.at(-1);
    return last !== undefined && differences(last, here).length === 0
      ? this.earlier
      : [...this.earlier, here];
  }

  stateDict(): StateDict {
    return { version: 1, history: [...this.history] };
  }

  loadStateDict(state: StateDict): void {
    const { history } = checkState(check, state, 1, ['history']);
    if (!Array.isArray(history)) check.fail(`state.history must be a list, got ${show(history)}`);
    const earlier = (history as StateDict[]).map((value, index) => {
      const record = stateRecord(check, `state.history[${index}]`, value);
      checkKeys(check, `state.history[${index}]`, record, KEYS);
      return record as EnvironmentDescription;
    });
    this.earlier = earlier;
    const last = earlier.at(-1);
    const different = last === undefined ? [] : differences(last, this.describe());
    if (different.length === 0) return;
    process.emitWarning(
      '[loopwright/tensorflow] environment: the run goes on where something differs, so its results will differ in the last ' +
        `bits from those that it would have had: ${different.join('; ')}`,
    );
  }
}

/**
 * The {@link RunEnvironment} of this process. Put it among a checkpoint's parts.
 *
 * @example
 * const checkpoints = new CheckpointSaver('checkpoints');
 * const run = { model, optimizer, environment };
 * await checkpoints.save(0, run);
 * await checkpoints.resume(run); // on another machine: a warning that says what differs
 * environment.history.length; // 1
 */
export const environment = new RunEnvironment();

/**
 * What the last bits of results depend on here.
 *
 * @example
 * describeEnvironment().threads >= 1; // true
 */
export function describeEnvironment(env: NodeJS.ProcessEnv = process.env): EnvironmentDescription {
  const native = activeNativeBackend();
  const { model, numbers, features } = cpuInfo();
  const device = native?.binding.isUsingGpuDevice() ? ' on a GPU' : '';
  const manifest = readJson(fileURLToPath(new URL('../../package.json', import.meta.url)));
  return {
    engine:
      native === undefined
        ? `TensorFlow.js ${version_core}, backend ${engine().backendName}`
        : `TensorFlow ${native.binding.TF_Version}${device}`,
    cpu: numbers === '' ? model : `${model} (${numbers})`,
    instructions: features.join(' '),
    threads: native === undefined ? 1 : Number(env.TF_NUM_INTRAOP_THREADS) || availableParallelism(),
    settings: SETTINGS.flatMap((name) => (env[name] === undefined ? [] : [`${name}=${env[name]}`])).join(' '),
    loopwright: (manifest as { version?: string } | undefined)?.version ?? 'unknown',
    node: process.version,
  };
}

/** Each difference in words. */
function differences(before: EnvironmentDescription, here: EnvironmentDescription): string[] {
  return KEYS.filter((key) => before[key] !== here[key]).map(
    (key) => `${NAMES[key]}: before ${show(before[key])}, now ${show(here[key])}`,
  );
}
