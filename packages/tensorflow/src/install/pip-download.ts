import { readdirSync, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findPip, type Tool } from '../tools.ts';
import { unfinishedFolder } from './durable-files.ts';
import type { OnProgress } from './progress.ts';
import { type CommandResult, lastLines, runCommand } from './run-command.ts';
import { NoSuchWheel } from './wheel-errors.ts';
import type { WheelRequest } from './wheel-name.ts';
import type { WheelOrder, WheelSource } from './wheel-source.ts';

/**
 * Pythons that wheels are asked for, one after another. The libraries inside are the same, and none of these need be
 * installed; a mirror may hold wheels for some of them only.
 */
const PYTHONS = ['3.12', '3.13', '3.11', '3.10'];

/** `pip download`, so that the user's mirror, proxy and credentials count. */
export const pipSource: WheelSource = {
  name: 'pip',
  async fetch(request, order) {
    const pip = findPip(order.host);
    if (pip === undefined)
      throw new Error('no pip was found (tried pip3, pip, python3 -m pip, python -m pip)');
    for (const python of PYTHONS) {
      const path = await downloadFor(python, pip.command, request, order);
      if (path !== undefined) return path;
    }
    throw new NoSuchWheel(`pip finds no wheel of ${request.project} ${request.range} for this platform`);
  },
};

/** The wheel for one Python; undefined if pip finds none. */
async function downloadFor(
  python: string,
  pip: Tool['command'],
  request: WheelRequest,
  { host, folder, indexUrl, onProgress }: WheelOrder,
): Promise<string | undefined> {
  const work = await unfinishedFolder(folder);
  const stopWatching = { stop: () => {} };
  try {
    const result = await runCommand([...pip, ...downloadArguments(python, request, work, indexUrl)], {
      // pip downloads into a temporary folder first; having it here lets the progress be seen. Users who let it install into
      // virtual environments only have it refuse downloads outside them too.
      env: { ...host.env, TMPDIR: work, PIP_NO_INPUT: '1', PIP_REQUIRE_VIRTUALENV: '0' },
      onOutput: (text) => {
        const total = announcedBytes(text);
        if (total === undefined) return;
        stopWatching.stop();
        stopWatching.stop = watchGrowth(work, `Downloading ${request.project} with pip`, total, onProgress);
      },
    });
    if (result.code !== 0) {
      const broken = brokenConnection(result);
      if (broken !== undefined) throw new Error(`it does not reach its index: ${broken}`);
      if (/No matching distribution found|ResolutionImpossible/.test(result.stderr)) return undefined;
      throw new Error(explainFailure(result));
    }
    const wheel = readdirSync(work).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error('pip reported success but left no wheel');
    await rename(join(work, wheel), join(folder, wheel));
    return join(folder, wheel);
  } finally {
    stopWatching.stop();
    await rm(work, { recursive: true, force: true });
  }
}

function downloadArguments(
  python: string,
  { project, range, platforms }: WheelRequest,
  folder: string,
  indexUrl: string | undefined,
): string[] {
  return [
    'download',
    ...['--no-deps', '--only-binary=:all:', '--progress-bar=off', '--disable-pip-version-check'],
    ...platforms.flatMap((platform) => ['--platform', platform]),
    ...['--python-version', python, '--implementation', 'cp', '--dest', folder],
    ...(indexUrl === undefined ? [] : ['--index-url', indexUrl]),
    `${project}${range}`,
  ];
}

/** pip's `Downloading tensorflow-….whl (274.0 MB)`; what comes from a local folder is not announced. */
function announcedBytes(output: string): number | undefined {
  const [, amount, unit] = /Downloading \S+\.whl[^(\n]*\(([\d.]+) (kB|MB|GB)\)/.exec(output) ?? [];
  const scale = { kB: 1e3, MB: 1e6, GB: 1e9 }[unit ?? ''];
  return amount === undefined || scale === undefined ? undefined : Number(amount) * scale;
}

function watchGrowth(folder: string, step: string, total: number, onProgress: OnProgress): () => void {
  const report = () => onProgress({ step, done: Math.min(folderBytes(folder), total), total });
  const timer = setInterval(report, 500);
  report();
  return () => clearInterval(timer);
}

function folderBytes(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sizes = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false }));
  return sizes.reduce((sum, stat) => sum + (stat?.isFile() ? stat.size : 0), 0);
}

/** What kept pip from its index, after its last try; it then says that there is no distribution, as if it had asked. */
function brokenConnection({ stderr }: CommandResult): string | undefined {
  const reason = /Retry\(total=0\b.* connection broken by '(.*)': \S+$/m.exec(stderr)?.[1];
  return reason?.replaceAll(/<\S+ object at \w+>: /g, '');
}

function explainFailure(result: CommandResult): string {
  const errors = result.stderr.split('\n').filter((line) => line.startsWith('ERROR:'));
  return errors.length > 0 ? errors.join('\n') : `pip failed: ${lastLines(result)}`;
}
