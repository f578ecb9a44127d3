import { expect, it, vi } from 'vitest';

const missing = () => {
  throw new Error('uv_os_homedir returned ENOENT');
};

/** The home folder where `HOME` and the system's list of users give these answers. */
async function homeWhere(variable: () => string, listed: () => string): Promise<string> {
  vi.resetModules();
  vi.doMock('node:os', async (original) => ({
    ...(await original<typeof import('node:os')>()),
    homedir: variable,
    userInfo: () => ({ homedir: listed() }),
  }));
  const { thisHost } = await import('./host.ts');
  vi.doUnmock('node:os');
  return thisHost().home;
}

it('keeps the home folder that the environment names', async () => {
  expect(await homeWhere(() => '/home/elsewhere', missing)).toBe('/home/elsewhere');
});

it.each(['', 'somewhere'])(
  'does not take HOME=%j for a folder, which each project would have',
  async (home) => {
    const found = await homeWhere(
      () => home,
      () => '/home/somebody',
    );
    expect(found).toBe('/home/somebody');
  },
);

it('has a home folder without HOME and of a user whom the system does not know, as in containers', async () => {
  expect(await homeWhere(missing, missing)).toBe('/');
});
