import { readFileSync } from 'node:fs';
import { type Image, transforms } from '@loopwright/data';
import { describe, expect, it } from 'vitest';

interface Packed {
  height: number;
  width: number;
  channels: number;
  data: string;
}
type Functional = typeof transforms.functional;
interface Golden {
  images: Record<string, Packed>;
  cases: { function: keyof Functional; image: string; arguments: unknown[]; result: Packed }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8'));
const unpack = ({ data, ...size }: Packed): Image => ({
  ...size,
  data: new Uint8Array(Buffer.from(data, 'base64')),
});

const report: Record<string, string[]> = {};
describe('x', () => {
  it('report', () => {
    for (const { function: name, image, arguments: args, result } of golden.cases) {
      const fn = transforms.functional[name] as (image: Image, ...rest: unknown[]) => Image;
      const got = fn(unpack(golden.images[image]!), ...args);
      const want = unpack(result);
      expect([got.height, got.width, got.channels]).toEqual([want.height, want.width, want.channels]);
      let max = 0;
      let count = 0;
      for (let i = 0; i < want.data.length; i++) {
        const d = Math.abs(got.data[i]! - want.data[i]!);
        if (d > 0) count++;
        max = Math.max(max, d);
      }
      if (count > 0)
        (report[name] ??= []).push(
          `${image} ${JSON.stringify(args)} max ${max} count ${count}/${want.data.length}`,
        );
    }
    console.log(JSON.stringify(report, null, 1));
  });
});
