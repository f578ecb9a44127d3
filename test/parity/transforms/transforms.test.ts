import { readFileSync } from 'node:fs';
import type { RandomStream } from '@loopwright/core';
import { cutMix, type Image, mixUp, transforms } from '@loopwright/data';
import { expectNoLeak } from '@loopwright/test-utils';
import { type Tensor, tensor1d, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import {
  autoAugmentSpace,
  type Magnitude,
  randAugmentSpace,
  trivialAugmentWideSpace,
} from '../../../packages/data/src/transforms/policies/magnitudes.ts';
import { type OperationName, operations } from '../../../packages/data/src/transforms/policies/operations.ts';
import { publishedPolicies } from '../../../packages/data/src/transforms/policies/published-policies.ts';

interface Packed {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: string;
}

type Images = number[][][][];

interface Golden {
  readonly images: Record<string, Packed>;
  readonly cases: readonly {
    function: keyof typeof transforms.functional;
    image: string;
    arguments: unknown[];
    result: Packed;
  }[];
  readonly magnitudes: Record<
    string,
    { bins: number; operations: Record<string, { values: number[] | null; signed: boolean }> }
  >;
  readonly policies: Record<string, [string, number, number | null][][]>;
  readonly operations: readonly {
    operation: OperationName;
    magnitude: number;
    sampling: { interpolation?: 'bilinear' };
    image: string;
    result: Packed;
  }[];
  readonly mixing: {
    images: Images;
    labels: number[];
    cases: {
      mix: 'mixUp' | 'cutMix';
      share: number;
      centre?: [number, number];
      images: Images;
      labels: number[][];
    }[];
  };
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));

function unpack({ data, ...size }: Packed): Image {
  return { ...size, data: new Uint8Array(Buffer.from(data, 'base64')) };
}

function expectSameImage(actual: Image, expected: Image, tolerance = 0): void {
  const { data, ...size } = actual;
  const { data: reference, ...expectedSize } = expected;
  expect(size).toEqual(expectedSize);
  const differing = [...data].filter((value, i) => Math.abs(value - reference[i]!) > tolerance);
  expect(differing, `bytes that differ by more than ${tolerance}`).toEqual([]);
}

// Bytes, so there is no tolerance: the fixed-point weights and the single-precision roundings are the references' own.
describe("functions of an image give torchvision's and Pillow's bytes", () => {
  const names = [...new Set(golden.cases.map((row) => row.function))];
  it.each(names)('%s', (name) => {
    const apply = transforms.functional[name] as (image: Image, ...rest: unknown[]) => Image;
    for (const { image, arguments: rest, result } of golden.cases.filter((row) => row.function === name)) {
      expectSameImage(apply(unpack(golden.images[image]!), ...rest), unpack(result));
    }
  });
});

describe("the augmentation policies are torchvision's", () => {
  const rows = golden.operations.map((row) => [`${row.operation} ${row.magnitude}`, row] as const);
  it.each(rows)('%s', (_, { operation, magnitude, sampling, image, result }) => {
    const actual = operations[operation](unpack(golden.images[image]!), magnitude, sampling);
    // PyTorch computes positions in single precision: where a bilinear value lies between two bytes, it may be either.
    expectSameImage(actual, unpack(result), 'interpolation' in sampling ? 1 : 0);
  });

  it.each([
    ['autoAugment', autoAugmentSpace],
    ['randAugment', randAugmentSpace],
    ['trivialAugmentWide', trivialAugmentWideSpace],
  ])('%s: operations, magnitudes and signs', (name, space) => {
    const { bins, operations: expected } = golden.magnitudes[name]!;
    expect(Object.keys(space).sort()).toEqual(Object.keys(expected).sort());
    for (const [operation, { values, signed }] of Object.entries(expected)) {
      const magnitude: Magnitude = space[operation as keyof typeof space];
      expect(magnitude.signed, operation).toBe(signed);
      const actual = Array.from({ length: bins }, (_, level) =>
        magnitude.at(level, bins, { height: 20, width: 30 }),
      );
      // Both are single-precision numbers; the two computations may differ in the last bit.
      for (const [level, value] of (values ?? []).entries())
        expect(actual[level], operation).toBeCloseTo(value, 5);
    }
  });

  it.each(['imagenet', 'cifar10'] as const)('the published pairs for %s', (name) => {
    const own = publishedPolicies[name].map((pair) =>
      pair.map(([operation, probability, level = null]) => [operation, probability, level]),
    );
    expect(own).toEqual(golden.policies[name]);
  });
});

vi.mock('../../../packages/data/src/beta.ts', () => ({
  betaSample: (stream: { share: number }) => stream.share,
}));

/** A stream of the share and the integers that a case states. */
function fixedDraws(share: number, centre: readonly number[]): RandomStream {
  const integers = [...centre];
  return { share, integer: () => integers.shift() } as unknown as RandomStream;
}

describe("mixUp and cutMix follow torchvision's formulae", () => {
  const rows = golden.mixing.cases.map(
    (row) => [`${row.mix} ${row.share} ${row.centre ?? ''}`, row] as const,
  );
  it.each(rows)('%s', (_, { mix, share, centre = [], images, labels }) =>
    expectNoLeak(() =>
      tidy(() => {
        const batch = {
          images: tensor4d(golden.mixing.images),
          labels: tensor1d(golden.mixing.labels, 'int32'),
        };
        const apply = mix === 'mixUp' ? mixUp : cutMix;
        const mixed = apply(batch, { numClasses: 4, stream: fixedDraws(share, centre) });
        expectClose(mixed.images, images.flat(3));
        expectClose(mixed.labels, labels.flat());
      }),
    ),
  );
});

/** Single precision on both sides: two products and a sum. */
function expectClose(actual: Tensor, expected: readonly number[]): void {
  const values = actual.dataSync();
  expect(values.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(values[i]).toBeCloseTo(value, 6);
}
