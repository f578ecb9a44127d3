import { mkdirSync, readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type Checker, checker, reasonOf, show } from '@loopwright/core';
import { replaceFileSync } from '@loopwright/core/files';
import { type CpuInfo, cpuInfo } from '@loopwright/core/machine';
import { type GitState, gitState } from './git-state.ts';
import { maskCommand, maskSecrets } from './mask-secrets.ts';
import { packageVersions } from './package-versions.ts';

/** What a run was started with. All of it is JSON; secrets are masked. */
export interface RunStart {
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly command: readonly string[];
  /** Left out where the program is not in a git repository. */
  readonly git?: GitState;
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly machine: {
    readonly cpu: CpuInfo;
    readonly memoryBytes: number;
    /** For example `linux x64`. */
    readonly platform: string;
  };
  /** Variables of the environment that change what is computed; no others. */
  readonly environment: Readonly<Record<string, string>>;
  readonly engine?: unknown;
  readonly seeds?: readonly number[];
  readonly options?: unknown;
}

/** The content of `run.json`. */
export interface RunCard {
  readonly version: 1;
  /** One entry for each process that took part, the first one first: a resumed run has several. */
  readonly starts: readonly RunStart[];
}

/** What the program itself knows. */
export interface RunCardOptions {
  /** What the run is made with, learning rates and all: JSON. */
  readonly options?: unknown;
  readonly seeds?: readonly number[];
  /** What computes: JSON, for example `environment()` of `@loopwright/tensorflow`. */
  readonly engine?: unknown;
}

const VERSION = 1;
const FILE = 'run.json';

/** Variables by which TensorFlow, its libraries and this project compute differently. */
const COMPUTES = /^(TF|XLA|ONEDNN|DNNL|OMP|MKL|KMP|CUDA|NVIDIA|LOOPWRIGHT)_/;
/**
 * Variables of Terraform and OpenTofu, which begin like TensorFlow's and hold tokens, passphrases and inputs of any kind.
 * https://developer.hashicorp.com/terraform/cli/config/environment-variables
 */
const OF_TERRAFORM =
  /^TF_(VAR|TOKEN|CLI|CLOUD|HTTP|LOG|INPUT|IN_AUTOMATION|DATA_DIR|WORKSPACE|PLUGIN|REGISTRY|STATE|ENCRYPTION|REATTACH|IGNORE|ACC)(_|$)/;

/**
 * Writes down what a run needs to be made again, as `run.json` in its folder: command, git commit, versions, machine,
 * seeds and options. Call it when the program starts; where the run was started before, a start is added.
 *
 * Secrets stay out: of the environment only variables that change what is computed are read, and values of options whose
 * names say password, secret, token, key or the like are masked, in the command as well, as are those inside URLs. What
 * else is confidential among `options` is the caller's to leave out.
 *
 * @param folder of the run; made if need be
 * @returns what the file now says
 * @throws LoopwrightError naming path or argument: the file is not one of ours, or cannot be written; `options` or `engine`
 * are no JSON
 * @example
 * const { starts } = runCard('runs/baseline', { options: { learningRate: 1e-3 }, seeds: [1] });
 * console.log(starts.at(-1)?.git?.commit);
 */
export function runCard(folder: string, options: RunCardOptions = {}): RunCard {
  const check = checker('logging', 'runCard');
  const path = join(resolve(check.string('folder', folder)), FILE);
  const { options: settings, seeds, engine } = check.options(options, ['options', 'seeds', 'engine']);
  const program = dirname(process.argv[1] ?? join(process.cwd(), 'program'));
  const git = gitState(program);
  const start: RunStart = {
    started: new Date().toISOString(),
    command: maskCommand(['node', ...process.execArgv, ...process.argv.slice(1)]),
    ...(git !== undefined && { git }),
    node: process.versions.node,
    packages: packageVersions(program),
    machine: { cpu: cpuInfo(), memoryBytes: totalmem(), platform: `${process.platform} ${process.arch}` },
    environment: computingVariables(process.env),
    ...(engine !== undefined && { engine: asJson(check, 'engine', engine) }),
    ...(seeds !== undefined && { seeds: checkSeeds(check, seeds) }),
    ...(settings !== undefined && { options: asJson(check, 'options', settings) }),
  };
  const card: RunCard = { version: VERSION, starts: [...readStarts(check, path), start] };
  try {
    mkdirSync(dirname(path), { recursive: true });
    replaceFileSync(path, `${JSON.stringify(card, null, 2)}\n`);
  } catch (error) {
    return check.fail(`cannot write ${show(path)}: ${reasonOf(error)}`, { cause: error });
  }
  return card;
}

function readStarts(check: Checker, path: string): readonly RunStart[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    return check.fail(`cannot read ${show(path)}: ${reasonOf(error)}`, { cause: error });
  }
  const card = parse(text);
  if (card?.version === VERSION && Array.isArray(card.starts)) return card.starts;
  return check.fail(`${show(path)} is no run card of version ${VERSION}; it is left as it is`);
}

function parse(text: string): Partial<RunCard> | undefined {
  try {
    return (JSON.parse(text) ?? undefined) as Partial<RunCard> | undefined;
  } catch {
    return undefined;
  }
}

function computingVariables(environment: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(environment).filter(
    ([name]) => COMPUTES.test(name) && !OF_TERRAFORM.test(name),
  );
  return maskSecrets(Object.fromEntries(entries.sort())) as Record<string, string>;
}

function checkSeeds(check: Checker, seeds: unknown): readonly number[] {
  if (!Array.isArray(seeds)) return check.fail(`seeds must be a list of integers, got ${show(seeds)}`);
  return seeds.map((seed, index) => check.integer(`seeds[${index}]`, seed));
}

/** What a value becomes in the file. */
function asJson(check: Checker, argument: string, value: unknown): unknown {
  try {
    return maskSecrets(JSON.parse(JSON.stringify(value)));
  } catch (error) {
    return check.fail(`${argument} must be JSON, got ${show(value)}: ${reasonOf(error)}`, { cause: error });
  }
}
