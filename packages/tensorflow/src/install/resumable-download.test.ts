import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Response } from 'undici';
import { afterAll, describe, expect, it } from 'vitest';
import { download } from './resumable-download.ts';
import type { WebClient } from './web-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'loopwright-download-'));
afterAll(() => rmSync(folder, { recursive: true }));

const content = Buffer.from('a wheel');
const order = {
  url: 'http://mirror.invalid/a.whl',
  sha256: createHash('sha256').update(content).digest('hex'),
  step: 'Downloading',
  onProgress: () => {},
  pause: 0,
};

/** A server that has the file, and keeps the headers of each request. */
function server(): { client: WebClient; requests: Readonly<Record<string, string>>[] } {
  const requests: Readonly<Record<string, string>>[] = [];
  const client: WebClient = {
    async get(_, headers = {}) {
      requests.push(headers);
      return new Response(content);
    },
    close: async () => {},
  };
  return { client, requests };
}

describe('download', () => {
  it('asks for the bytes as they are, so that their number can be told and the rest of them be asked for', async () => {
    const { client, requests } = server();
    const path = join(folder, 'plain.whl');
    await download(client, { ...order, path });
    expect(readFileSync(path)).toEqual(content);
    expect(requests).toEqual([{ 'accept-encoding': 'identity' }]);
  });

  it.skipIf(process.platform !== 'linux')('does not try again where the disk is full', async () => {
    const { client, requests } = server();
    const path = join(folder, 'full.whl');
    symlinkSync('/dev/full', `${path}.part`);
    await expect(download(client, { ...order, path })).rejects.toMatchObject({
      code: 'ENOSPC',
      syscall: 'write',
    });
    expect(requests).toHaveLength(1);
  });
});
