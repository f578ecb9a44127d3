/** What the tests of the examples share: programs as their users run them, killed at a chosen moment, and small data. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RandomStream } from '@loopwright/core';
import glob from 'fast-glob';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const CIFAR_PIXELS = 3 * 32 * 32;

/** How a program ended. */
export interface Ending {
  /** Null if it was killed. */
  readonly code: number | null;
  /** What it wrote to either stream. */
  readonly output: string;
}

/** Runs `examples/NAME.ts` on the packages' sources; sends it a signal, once, as soon as `killWhen` holds. */
export function runExample(
  name: string,
  options: readonly string[],
  killWhen: () => boolean = () => false,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<Ending> {
  const script = join(ROOT, `examples/${name}.ts`);
  const args = ['--import', import.meta.resolve('tsx'), '--conditions=loopwright-source', script];
  const child = spawn(process.execPath, [...args, ...options], { cwd: ROOT });
  let output = '';
  const append = (chunk: unknown) => {
    output += chunk;
  };
  child.stdout.on('data', append);
  child.stderr.on('data', append);
  const watch = setInterval(() => {
    if (!killWhen()) return;
    clearInterval(watch);
    child.kill(signal);
  }, 5);
  return new Promise((resolve) => {
    child.on('close', (code) => {
      clearInterval(watch);
      resolve({ code, output });
    });
  });
}

/**
 * What a run of an experiment came to: its figures, and a digest of every state that is left. Seconds, dates and the
 * like are left out, so that two runs that did the same are equal.
 */
export function outcomeOf(run: string) {
  const rows: Record<string, unknown>[] = JSON.parse(readFileSync(join(run, 'results.json'), 'utf8'));
  const figures = rows.map(({ stage, seed, metric, value, epochs }) => ({
    stage,
    seed,
    metric,
    value,
    epochs,
  }));
  return { figures, states: stateDigests(run) };
}

/** Path and digest of the tensors of every checkpoint in a run folder. */
export function stateDigests(run: string): [path: string, digest: string][] {
  const paths = glob.sync('**/epoch-*/state.safetensors', { cwd: run }).sort();
  return paths.map((path) => [
    path,
    createHash('sha256')
      .update(readFileSync(join(run, path)))
      .digest('hex'),
  ]);
}

/** The epochs of a file that `jsonLines` wrote, one a line. */
export function epochsOf(path: string): number[] {
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { epoch: number }).epoch);
}

/** Writes the binary files of a CIFAR-10 of a few images, whose colour goes with the class, and returns their folder. */
export function writeTinyCifar10(folder: string, images: { train: number; test: number }): string {
  return writeTinyCifar(join(folder, 'cifar-10-batches-bin'), images, {
    train: [1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`),
    test: 'test_batch.bin',
    labelsOf: (label) => [label % 10],
  });
}

/** Writes the binary files of a CIFAR-100 of a few images, whose colour goes with the class, and returns their folder. */
export function writeTinyCifar100(folder: string, images: { train: number; test: number }): string {
  return writeTinyCifar(join(folder, 'cifar-100-binary'), images, {
    train: ['train.bin'],
    test: 'test.bin',
    labelsOf: (label) => [Math.floor((label % 100) / 5), label % 100],
  });
}

interface TinyCifar {
  readonly train: readonly string[];
  readonly test: string;
  /** The bytes before an image. */
  readonly labelsOf: (label: number) => readonly number[];
}

function writeTinyCifar(
  folder: string,
  { train, test }: { train: number; test: number },
  files: TinyCifar,
): string {
  if (train % files.train.length !== 0) throw new Error(`${train} is no multiple of ${files.train.length}`);
  mkdirSync(folder, { recursive: true });
  const perFile = train / files.train.length;
  const parts = [...files.train.map((name) => [name, perFile] as const), [files.test, test] as const];
  for (const [name, count] of parts) {
    const stream = new RandomStream(1, name);
    const records = Array.from({ length: count }, (_, index) => [
      ...files.labelsOf(index),
      ...pixelsOf(index, stream),
    ]);
    writeFileSync(join(folder, name), Uint8Array.from(records.flat()));
  }
  return folder;
}

/** Each plane in one of two shades, by the bits of the label, with noise. */
function pixelsOf(label: number, stream: RandomStream): number[] {
  const plane = CIFAR_PIXELS / 3;
  return Array.from({ length: CIFAR_PIXELS }, (_, at) => {
    const bright = (label >> Math.floor(at / plane)) & 1;
    return 60 + 80 * bright + stream.integer(60);
  });
}
