import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checker } from '@loopwright/core';
import glob from 'fast-glob';
import { Header } from 'tar';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Cifar10 } from '../datasets/cifar10.ts';
import { FashionMnist } from '../datasets/mnist.ts';
import { downloadFile } from './download-file.ts';
import { fetchArchives } from './fetch-archives.ts';
import type { Archive } from './official-archives.ts';
import { unpackTar } from './unpack-tar.ts';

const check = checker('data', 'Test');
const content = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 253));
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
const quiet = () => {};

let folder: string;
let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let requests: (string | undefined)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'loopwright-download-'));
  requests = [];
  server = createServer((request, response) => {
    requests.push(request.headers.range);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** Serves bytes, from where it is asked to; `cutAfter` ends the connection once so many bytes after that have been kept. */
const serve =
  (bytes: Uint8Array, { cutAfter = Number.POSITIVE_INFINITY, ranges = true } = {}) =>
  ({ headers }: IncomingMessage, response: ServerResponse) => {
    const start = ranges ? Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0) : 0;
    const length = bytes.length - start;
    if (start > 0) response.setHeader('content-range', `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': length });
    if (cutAfter >= length) response.end(bytes.subarray(start));
    else {
      response.write(bytes.subarray(start, start + cutAfter));
      void vi
        .waitUntil(() => keptBytes() >= start + cutAfter, { timeout: 10_000 })
        .finally(() => response.destroy());
    }
  };

/** The size of what has been downloaded of a file so far. */
function keptBytes(): number {
  const [part] = glob.sync('**/*.part', { cwd: folder, stats: true });
  return part?.stats?.size ?? 0;
}

describe('downloadFile', () => {
  const download = (options = {}) =>
    downloadFile(`${url}file`, join(folder, 'file'), {
      md5: md5(content),
      size: content.length,
      onProgress: quiet,
      retries: 2,
      ...options,
    });

  it('goes on where a cut connection stopped', async () => {
    answer = serve(content, { cutAfter: 100_000 });
    const progress: number[] = [];
    await download({ onProgress: ({ received }: { received: number }) => progress.push(received) });
    expect(readFileSync(join(folder, 'file')).equals(content)).toBe(true);
    expect(requests).toEqual([undefined, 'bytes=100000-', 'bytes=200000-']);
    expect(progress.at(-1)).toBe(content.length);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('goes on where another process stopped', async () => {
    answer = serve(content);
    writeFileSync(join(folder, 'file.part'), content.subarray(0, 1234));
    await download();
    expect(requests).toEqual(['bytes=1234-']);
    expect(readFileSync(join(folder, 'file')).equals(content)).toBe(true);
  });

  it('starts again where the server cannot continue', async () => {
    answer = serve(content, { ranges: false });
    writeFileSync(join(folder, 'file.part'), 'something else');
    await download();
    expect(readFileSync(join(folder, 'file')).equals(content)).toBe(true);
  });

  it('refuses a file with another checksum, and keeps nothing of it', async () => {
    const other = Buffer.from(content);
    other[5]! ^= 1;
    answer = serve(other);
    await expect(download()).rejects.toThrow(
      `it has the MD5 checksum ${md5(other)}, expected ${md5(content)}`,
    );
    answer = serve(Buffer.concat([content, content]));
    await expect(download()).rejects.toThrow('MD5 checksum');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends if its listener throws, and keeps what has arrived', async () => {
    answer = serve(content);
    const stop = () => {
      throw new Error('that is enough');
    };
    await expect(download({ onProgress: stop })).rejects.toThrow('that is enough');
    expect(requests).toHaveLength(1);
    expect(readdirSync(folder)).toEqual(['file.part']);
  });

  it('gives up where nothing arrives any more, and keeps what has', async () => {
    answer = (request, response) => {
      if (request.headers.range === undefined) serve(content, { cutAfter: 1000 })(request, response);
      else response.destroy();
    };
    await expect(download({ retries: 1 })).rejects.toThrow();
    expect(readFileSync(join(folder, 'file.part')).length).toBe(1000);
    answer = (_, response) => void response.writeHead(404).end();
    requests = [];
    await expect(download()).rejects.toThrow('the server answered 404 Not Found');
    expect(requests).toHaveLength(1);
  });
});

/** A tar file with these entries, which no tar program would write. */
const tar = (
  entries: readonly {
    path: string;
    type?: 'File' | 'SymbolicLink' | 'Link';
    linkpath?: string;
    text?: string;
  }[],
) => {
  const blocks = entries.flatMap(({ path, type = 'File', linkpath = '', text = '' }) => {
    const size = Buffer.byteLength(text);
    const header = new Header({ path, type, linkpath, size, mode: 0o644, mtime: new Date(0) });
    const block = Buffer.alloc(512);
    header.encode(block);
    return [block, Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (size % 512)) % 512)])];
  });
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
};

describe('unpackTar', () => {
  const unpack = async (bytes: Uint8Array) => {
    writeFileSync(join(folder, 'a.tar.gz'), bytes);
    await unpackTar(join(folder, 'a.tar.gz'), folder);
  };
  const left = () => readdirSync(folder, { recursive: true }).sort();

  it('unpacks files into folders, and keeps what is there', async () => {
    await unpack(
      tar([
        { path: 'set/a.bin', text: 'first' },
        { path: 'set/b.bin', text: 'second' },
      ]),
    );
    expect(readFileSync(join(folder, 'set/b.bin'), 'utf8')).toBe('second');
    writeFileSync(join(folder, 'set/a.bin'), 'mine');
    rmSync(join(folder, 'set/b.bin'));
    await unpack(
      tar([
        { path: 'set/a.bin', text: 'first' },
        { path: 'set/b.bin', text: 'second' },
      ]),
    );
    expect(readFileSync(join(folder, 'set/a.bin'), 'utf8')).toBe('mine');
    expect(left()).toEqual(['a.tar.gz', 'set', 'set/a.bin', 'set/b.bin']);
  });

  it.each([
    ['a path that leads out', { path: '../evil', text: 'x' }, 'the entry "../evil" leads out of the folder'],
    ['a path that leads out later', { path: 'set/../../evil', text: 'x' }, 'leads out of the folder'],
    ['an absolute path', { path: '/tmp/loopwright-evil', text: 'x' }, 'leads out of the folder'],
    [
      'a symbolic link',
      { path: 'set', type: 'SymbolicLink', linkpath: '/tmp' },
      'the entry "set" is a SymbolicLink, no file',
    ],
    ['a hard link', { path: 'set', type: 'Link', linkpath: '/etc/passwd' }, 'is a Link, no file'],
  ] as const)('refuses %s, and leaves nothing of the archive', async (_, entry, message) => {
    await expect(
      unpack(tar([{ path: 'good', text: 'x' }, entry, { path: 'later', text: 'x' }])),
    ).rejects.toThrow(message);
    expect(left()).toEqual(['a.tar.gz']);
    expect(existsSync(join(folder, '../evil'))).toBe(false);
    expect(existsSync('/tmp/loopwright-evil')).toBe(false);
  });

  it('refuses what is no archive, or only half of one', async () => {
    await expect(unpack(Buffer.from('no archive'))).rejects.toThrow();
    const whole = tar([{ path: 'set/a.bin', text: 'x'.repeat(5000) }]);
    await expect(unpack(whole.subarray(0, whole.length - 30))).rejects.toThrow();
    expect(left()).toEqual(['a.tar.gz']);
  });
});

describe('fetchArchives', () => {
  const bytes = tar([{ path: 'cifar-10-batches-bin/test_batch.bin', text: 'x'.repeat(3073) }]);
  const archive = (overrides = {}): Archive => ({
    url,
    file: 'a.tar.gz',
    size: bytes.length,
    md5: md5(bytes),
    tar: true,
    ...overrides,
  });

  it('fetches, checks and unpacks', async () => {
    answer = serve(bytes, { cutAfter: 50 });
    await fetchArchives(check, [archive()], join(folder, 'new'), { onProgress: quiet });
    expect(readdirSync(join(folder, 'new'), { recursive: true }).sort()).toEqual([
      'cifar-10-batches-bin',
      'cifar-10-batches-bin/test_batch.bin',
    ]);
  });

  it('takes an archive that somebody has put there, if it is the right one', async () => {
    writeFileSync(join(folder, 'a.tar.gz'), bytes);
    await fetchArchives(check, [archive()], folder, true);
    expect(requests).toEqual([]);
    expect(existsSync(join(folder, 'cifar-10-batches-bin/test_batch.bin'))).toBe(true);
    expect(existsSync(join(folder, 'a.tar.gz'))).toBe(true);
    writeFileSync(join(folder, 'a.tar.gz'), 'another');
    await expect(fetchArchives(check, [archive()], folder, true)).rejects.toThrow(
      /a\.tar\.gz has the MD5 checksum \w+, expected \w+: remove it and fetch it again/,
    );
  });

  it('says what to do without a network', async () => {
    const unreachable = archive({ url: 'http://127.0.0.1:9/' });
    await expect(fetchArchives(check, [unreachable], folder, { onProgress: quiet })).rejects.toThrow(
      /could not be fetched: .*Without a network, fetch it elsewhere, put it at .*a\.tar\.gz and call again/,
    );
  }, 60_000);
});

describe('a data set with download', () => {
  it('uses an existing folder as it is', async () => {
    writeFileSync(join(folder, 'test_batch.bin'), new Uint8Array(3073));
    const settings = { mirror: url, onProgress: quiet };
    expect((await Cifar10.open(folder, { train: false, download: settings })).length).toBe(1);
    expect(requests).toEqual([]);
  });

  it('fetches only files that are missing, and believes no mirror', async () => {
    const asked: (string | undefined)[] = [];
    answer = (request, response) => {
      asked.push(request.url);
      serve(Buffer.alloc(5148))(request, response);
    };
    writeFileSync(join(folder, 't10k-images-idx3-ubyte'), 'is not read before all is there');
    await expect(
      FashionMnist.open(folder, { train: false, download: { mirror: url, onProgress: quiet } }),
    ).rejects.toThrow(
      /FashionMnist: .*t10k-labels-idx1-ubyte.gz could not be fetched: it has the MD5 checksum/,
    );
    expect(asked).toEqual(['/t10k-labels-idx1-ubyte.gz']);
  });

  it('fetches nothing unasked', async () => {
    await expect(Cifar10.open(folder)).rejects.toThrow('data_batch_1.bin is missing');
    await expect(Cifar10.open(folder, { download: { from: url } as never })).rejects.toThrow(
      'unknown option "from"',
    );
    expect(() => new Cifar10(folder, { download: true } as never)).toThrow(
      'a constructor cannot wait for a download: await Cifar10.open(path, options)',
    );
  });
});
