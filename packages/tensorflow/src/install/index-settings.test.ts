import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { thisHost } from '../host.ts';
import { indexSettings } from './index-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopwright-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A host whose only pip configuration file has this text. */
function host(text: string, env: NodeJS.ProcessEnv = {}) {
  const path = join(folder, 'pip.conf');
  writeFileSync(path, text);
  return { ...thisHost(), platform: 'aix' as const, home: folder, env: { PIP_CONFIG_FILE: path, ...env } };
}

describe('indexSettings', () => {
  const file = `
# a comment
[global]
index-url = https://user:word@mirror.example/simple
extra_index_url =
    https://one.example/simple
    https://two.example/simple
cert = /etc/mirror.pem
[install]
index-url = https://not.this/simple
`;

  it('reads pip’s configuration file', () => {
    expect(indexSettings(host(file), undefined)).toEqual({
      indexes: [
        'https://user:word@mirror.example/simple',
        'https://one.example/simple',
        'https://two.example/simple',
      ],
      certificates: '/etc/mirror.pem',
    });
  });

  it('puts the environment over files, and the command line over all', () => {
    const env = { PIP_INDEX_URL: 'https://env.example/simple', PIP_CERT: '/env.pem' };
    expect(indexSettings(host(file, env), undefined)).toMatchObject({
      indexes: ['https://env.example/simple', 'https://one.example/simple', 'https://two.example/simple'],
      certificates: '/env.pem',
    });
    expect(indexSettings(host(file, env), 'https://given.example').indexes).toEqual([
      'https://given.example',
    ]);
  });

  it('takes a variable that is set to nothing for one that is not set, as pip does', () => {
    const env = { PIP_INDEX_URL: '', UV_DEFAULT_INDEX: '', PIP_CERT: '', SSL_CERT_FILE: '' };
    expect(indexSettings(host(file, env), undefined)).toMatchObject({
      indexes: expect.arrayContaining(['https://user:word@mirror.example/simple']),
      certificates: '/etc/mirror.pem',
    });
    expect(indexSettings(host('', env), undefined)).toEqual({ indexes: [], certificates: undefined });
  });

  it('reads uv’s variables, named indexes too', () => {
    const env = {
      UV_DEFAULT_INDEX: 'https://uv.example/simple',
      UV_INDEX: 'mine=https://more.example/simple',
    };
    expect(indexSettings(host('', env), undefined).indexes).toEqual([
      'https://uv.example/simple',
      'https://more.example/simple',
    ]);
  });

  it('names no index of its own', () => {
    expect(indexSettings(host(''), undefined).indexes).toEqual([]);
  });
});
