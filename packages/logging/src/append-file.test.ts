import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checker } from '@loopwright/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppendFile } from './append-file.ts';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, writeSync: vi.fn(real.writeSync) };
});

const real = await vi.importActual<typeof fs>('node:fs');
/** A write that takes only the first `count` bytes, as the system may. */
const shortWrite = (count: number) => (descriptor: number, bytes: unknown, start?: unknown) =>
  real.writeSync(descriptor, bytes as Buffer, Number(start ?? 0), count);
const fail = () => {
  throw new Error('ENOSPC: no space left on device');
};

let folder: string;
let file: AppendFile;
beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'loopwright-append-'));
  file = new AppendFile(checker('logging', 'test'), join(folder, 'file'));
  file.append('first\n');
});
afterEach(() => {
  file.close();
  fs.rmSync(folder, { recursive: true });
});

const text = () => fs.readFileSync(file.path, 'utf8');
const write = vi.mocked(fs.writeSync);

describe('AppendFile', () => {
  it('goes on where the system has written only a part', () => {
    write.mockImplementationOnce(shortWrite(3) as typeof fs.writeSync);
    file.append('second\n');
    expect(text()).toBe('first\nsecond\n');
  });

  it('cuts off the part that a failed write has left, so that the next piece starts a line', () => {
    write.mockImplementationOnce(shortWrite(3) as typeof fs.writeSync).mockImplementationOnce(fail);
    expect(() => file.append('second\n')).toThrow(
      `[loopwright/logging] test: cannot write "${file.path}": ENOSPC: no space left on device`,
    );
    expect(text()).toBe('first\n');
    file.append('third\n');
    expect(text()).toBe('first\nthird\n');
  });

  it('goes on in the new file after a replacement', () => {
    file.replace('all\n');
    file.append('new\n');
    expect(text()).toBe('all\nnew\n');
    expect(fs.readdirSync(folder)).toEqual(['file']);
  });

  it('writes nothing once it is closed', () => {
    file.close();
    file.close();
    expect(() => file.append('late\n')).toThrow(`[loopwright/logging] test: "${file.path}" is closed`);
    expect(() => file.replace('late\n')).toThrow('is closed');
    expect(text()).toBe('first\n');
  });
});
