import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { reasonOf, show } from './errors.ts';

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

describe('show', () => {
  it('shows whatever a file may hold, however deep and whatever it calls its members', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`);
    expect(show(deep)).toBe('[[[[[[[[…]]]]]]]]');
    expect(show({ constructor: { name: { toString: 1 } } })).toBe('{ constructor }');
  });
});
