/** Reading and ordering as PyTorch, torchvision, Pillow and scikit-learn do it; all comparisons are exact. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  ArrayDataset,
  BatchSampler,
  Cifar10,
  Cifar100,
  DistributedSampler,
  ImageFolder,
  SequentialSampler,
  stratifiedSplit,
} from '@loopwright/data';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Golden {
  decoded: { name: string; file: string; height: number; width: number; pixels: string }[];
  listing: { files: string[]; classes: string[]; samples: [string, number][] };
  pickled: { name: string; file: string; images: string; labels: Record<string, number[]> }[];
  distributed: { length: number; numReplicas: number; dropLast: boolean; shares: number[][] }[];
  batches: { length: number; batchSize: number; dropLast: boolean; batches: number[][] }[];
  stratified: { counts: number[]; lengths: number[]; parts: number[][] }[];
}
const { cases } = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  cases: Golden;
};
const bytes = (text: string) => Buffer.from(text, 'base64');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-parity-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const write = (path: string, content: string | Uint8Array) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), content);
};

describe('ImageFolder', () => {
  it.each(cases.decoded)(
    'reads $name as Pillow does, to the bit',
    async ({ name, file, height, width, pixels }) => {
      write(`x/${name}`, bytes(file));
      const { image } = await new ImageFolder(folder).get(0);
      expect([image.height, image.width, image.channels]).toEqual([height, width, 3]);
      expect(bytes(pixels).equals(image.data)).toBe(true);
    },
  );

  it('lists classes and files as torchvision does', () => {
    const { files, classes, samples } = cases.listing;
    for (const file of files) write(file, '');
    const images = new ImageFolder(folder);
    expect(images.classNames).toEqual(classes);
    const listed = images.paths.map((path, i) => [path.slice(folder.length + 1), images.labels[i]]);
    expect(listed).toEqual(samples);
  });
});

describe('the python archives of CIFAR', () => {
  const [ten, hundred] = cases.pickled as [Golden['pickled'][0], Golden['pickled'][0]];
  const pixelsOf = (set: Cifar10 | Cifar100) =>
    Buffer.concat(Array.from({ length: set.length }, (_, i) => set.get(i).image.data));

  it('are read as Python does', () => {
    write(`cifar-10-batches-py/${ten.name}`, bytes(ten.file));
    const set = new Cifar10(folder, { train: false });
    expect([...set.labels]).toEqual(ten.labels.fine);
    expect(pixelsOf(set).equals(bytes(ten.images))).toBe(true);
  });

  it('have fine and coarse labels', () => {
    write(hundred.name, bytes(hundred.file));
    const set = new Cifar100(folder, { train: false });
    expect([...set.labels]).toEqual(hundred.labels.fine);
    expect([...new Cifar100(folder, { train: false, labels: 'coarse' }).labels]).toEqual(
      hundred.labels.coarse,
    );
    expect(pixelsOf(set).equals(bytes(hundred.images))).toBe(true);
  });

  it('give an error wherever they are cut, or changed into another archive', () => {
    const whole = bytes(ten.file);
    const read = (content: Uint8Array) => () => {
      write('test_batch', content);
      return new Cifar10(folder, { train: false });
    };
    for (let length = 0; length < whole.length; length += 97) {
      expect(read(whole.subarray(0, length))).toThrow(/test_batch is not a CIFAR file: ends early, at byte/);
    }
    expect(read(bytes(hundred.file))).toThrow('not as many numbers under the key "labels"');
    expect(read(Buffer.from('80024b032e', 'hex'))).toThrow(
      'test_batch is not a CIFAR file: holds no dictionary',
    );
    expect(read(Buffer.from('8004', 'hex'))).toThrow('is a pickle of protocol 4, expected 2');
  });

  it('run nothing that they hold', () => {
    const evil = (text: string) => () => {
      write('test_batch', Buffer.from(text, 'latin1'));
      return new Cifar10(folder, { train: false });
    };
    expect(evil('\x80\x02cposix\nsystem\nU\x04exit\x85R.')).toThrow(
      'asks for "posix system", which no CIFAR file does; it was not loaded',
    );
    expect(evil('\x80\x02cbuiltins\neval\nU\x041+1;\x85R.')).toThrow('it was not loaded');
    expect(evil('\x80\x02cnumpy\nndarray\n)R.')).toThrow('calls what is not to be called');
    expect(evil('\x80\x02}}b.')).toThrow('builds what is no array');
    expect(evil('\x80\x02iposix\nsystem\n.')).toThrow(
      'holds the operation 0x69 at byte 2, which no CIFAR file has',
    );
  });
});

describe('samplers and splits', () => {
  it.each(cases.distributed)(
    'DistributedSampler of $length by $numReplicas, dropLast $dropLast',
    ({ shares, length, ...options }) => {
      const ours = shares.map((_, rank) =>
        Array.from(new DistributedSampler({ length }, { ...options, rank, shuffle: false }).order(0, 0)),
      );
      expect(ours).toEqual(shares);
    },
  );

  it.each(cases.batches)(
    'BatchSampler of $length by $batchSize, dropLast $dropLast',
    ({ batches, length, ...options }) => {
      const ours = new BatchSampler(new SequentialSampler({ length }), options).batches(0, 0);
      expect(ours.map((batch) => Array.from(batch))).toEqual(batches);
    },
  );

  it.each(cases.stratified)('stratifiedSplit of $counts into $lengths', ({ counts, lengths, parts }) => {
    const labels = counts.flatMap((count, label) => new Array<number>(count).fill(label));
    const split = stratifiedSplit(new ArrayDataset(labels), lengths, { seed: 1, labels });
    const ours = split.map(({ indices }) =>
      counts.map((_, label) => indices.filter((index) => labels[index] === label).length),
    );
    expect(ours).toEqual(parts);
  });
});
