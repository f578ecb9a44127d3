import { readFileSync } from 'node:fs';
import * as umbrella from 'loopwright';
import { describe, expect, it } from 'vitest';

const manifest = JSON.parse(
  readFileSync(new URL('../../packages/loopwright/package.json', import.meta.url), 'utf8'),
) as { dependencies: Record<string, string> };
/** The engine and the board are imports of their own; formats of files are exported under their names. */
const apart = [
  '@loopwright/tensorflow',
  '@loopwright/board',
  '@loopwright/safetensors',
  '@loopwright/event-files',
];
const parts = Object.keys(manifest.dependencies).filter((name) => name.startsWith('@loopwright/'));

describe('the umbrella package', () => {
  it.each(parts.filter((name) => !apart.includes(name)))('exports all of %s', async (name) => {
    const part = (await import(name)) as Record<string, unknown>;
    expect(Object.keys(part).length).toBeGreaterThan(0);
    for (const [key, value] of Object.entries(part)) expect(umbrella, key).toHaveProperty(key, value);
  });

  it('exports formats of files under their names', async () => {
    expect(umbrella.safetensors).toBe(await import('@loopwright/safetensors'));
    expect(umbrella.eventFiles).toBe(await import('@loopwright/event-files'));
  });
});
