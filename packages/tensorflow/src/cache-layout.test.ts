import { expect, it } from 'vitest';
import { cacheLayout } from './cache-layout.ts';

const linux = { platform: 'linux', arch: 'x64', home: '/home/me', env: {} } as const;

it('lies in the user’s cache, apart by platform', () => {
  expect(cacheLayout(linux).root).toBe('/home/me/.cache/loopwright/engine/linux-x64');
  expect(cacheLayout({ ...linux, arch: 'arm64' }).root).toMatch(/linux-arm64$/);
});

it('heeds XDG_CACHE_HOME where it is an absolute path', () => {
  const rootOf = (XDG_CACHE_HOME: string) => cacheLayout({ ...linux, env: { XDG_CACHE_HOME } }).root;
  expect(rootOf('/var/cache/me')).toBe('/var/cache/me/loopwright/engine/linux-x64');
  expect(rootOf('')).toBe(cacheLayout(linux).root);
  expect(rootOf('relative')).toBe(cacheLayout(linux).root);
});
