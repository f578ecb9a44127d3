import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { reasonOf } from './errors.ts';

describe('reasonOf', () => {
  it('keeps the reason of a failed file operation, and leaves the path out', async () => {
    const error = await readFile('/no/such/file').catch((thrown: unknown) => thrown);
    expect(reasonOf(error)).toBe('no such file or directory (ENOENT)');
  });

  it('is the message of any other error, and whatever else was thrown as text', () => {
    expect(reasonOf(new Error('A: b'))).toBe('A: b');
    expect(reasonOf('broken')).toBe('broken');
    expect(reasonOf(undefined)).toBe('undefined');
  });
});
