import { copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { indexSettings } from './index-settings.ts';
import { download, fileSha256 } from './resumable-download.ts';
import { bestWheel, type ListedWheel, parseSimplePage } from './simple-page.ts';
import { explainWebError, type WebClient, webClient, withoutCredentials } from './web-client.ts';
import { DamagedFile, NoSuchWheel } from './wheel-errors.ts';
import type { WheelRequest } from './wheel-name.ts';
import type { WheelOrder, WheelSource } from './wheel-source.ts';

/** The index that the user's settings name, asked without pip. */
export const indexSource: WheelSource = {
  name: 'an index',
  async fetch(request, order) {
    const { indexes, certificates } = indexSettings(order.host, order.indexUrl);
    if (indexes.length === 0) {
      throw new Error('no index is named (--index-url, PIP_INDEX_URL, or index-url in pip.conf)');
    }
    const client = webClient(order.host.env, certificates);
    try {
      const { wheel, index } = await findWheel(client, indexes, request);
      return await provide(client, wheel, index, order);
    } finally {
      await client.close();
    }
  },
};

async function findWheel(
  client: WebClient,
  indexes: readonly string[],
  request: WheelRequest,
): Promise<{ wheel: ListedWheel; index: string }> {
  for (const index of indexes) {
    const wheel = bestWheel(await readProject(client, index, request.project), request);
    if (wheel !== undefined) return { wheel, index };
  }
  const asked = indexes.map(withoutCredentials).join(', ');
  throw new NoSuchWheel(`${asked}: no wheel of ${request.project} ${request.range} for this platform`);
}

/** The wheels of one project; none if the index does not know it. */
async function readProject(client: WebClient, index: string, project: string): Promise<ListedWheel[]> {
  const page = `${index.replace(/\/+$/, '')}/${project}/`;
  if (page.startsWith('file:')) {
    const file = new URL('index.html', page);
    return parseSimplePage(await readFile(file, 'utf8').catch(() => ''), file.href);
  }
  const response = await client
    .get(page, { accept: 'application/vnd.pypi.simple.v1+json, text/html;q=0.5' })
    .catch((error: unknown) => {
      throw new Error(`${withoutCredentials(page)}: ${explainWebError(error)}`);
    });
  if (response.status === 404) return [];
  if (!response.ok) {
    throw new Error(`${withoutCredentials(page)}: HTTP ${response.status} ${response.statusText}`);
  }
  return parseSimplePage(await response.text(), response.url);
}

async function provide(
  client: WebClient,
  wheel: ListedWheel,
  index: string,
  { folder, onProgress }: WheelOrder,
): Promise<string> {
  const { filename, sha256 } = wheel;
  if (sha256 === undefined) {
    throw new Error(
      `the index lists ${filename} without a sha256; download it yourself and use --wheel FILE`,
    );
  }
  await mkdir(folder, { recursive: true });
  const path = join(folder, filename);
  if (wheel.url.startsWith('file:')) {
    await copyFile(fileURLToPath(wheel.url), path);
    const actual = await fileSha256(path);
    if (actual !== sha256) {
      await rm(path);
      throw new DamagedFile(`${wheel.url} is damaged: its sha256 is ${actual} and should be ${sha256}`);
    }
  } else {
    const url = withIndexCredentials(wheel.url, index);
    await download(client, { url, sha256, path, step: `Downloading ${filename}`, onProgress });
  }
  return path;
}

/** A file on the index's own server is asked for with the index's credentials. */
function withIndexCredentials(file: string, index: string): string {
  const [url, { username, password, host }] = [new URL(file), new URL(index)];
  if (url.host === host && url.username === '') Object.assign(url, { username, password });
  return url.href;
}
