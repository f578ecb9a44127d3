import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeSummary } from '@loopwright/event-files';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunEntry, RunsAnswer } from './answers.ts';
import { isLoopback } from './request-guard.ts';
import { type Board, serveBoard } from './serve-board.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');

/** A busy machine reads slowly, and then looks for new runs the less often. */
const PATIENCE_MS = 60_000;

let root: string;
let board: Board;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'board-'));
  writeFileSync(join(root, 'secret.txt'), 'secret');
  const row = (step: number, loss: number) =>
    `${JSON.stringify({ step, seconds: step, loss, [HOSTILE]: 1 })}\n`;
  for (const seed of [1, 2]) write(`runs/seed-${seed}/metrics.jsonl`, row(1, seed) + row(2, seed / 2));
  write('runs/seed-1/run.json', JSON.stringify({ starts: [{ options: { lr: 0.1, name: HOSTILE } }] }));
  write(`runs/${HOSTILE}/metrics.jsonl`, row(1, 3));
  const values = [
    { kind: 'image', tag: 'samples', value: { width: 1, height: 1, images: [PNG, SVG] } },
    { kind: 'histogram', tag: 'weights', value: [{ left: 0, right: 1, count: 3 }] },
    { kind: 'text', tag: 'note', value: { strings: [HOSTILE], shape: [] } },
  ] as const;
  write('runs/events/events.out.tfevents.1', encodeSummary({ step: 3, wallTime: 1, values }));
  write(
    'runs/seed-1/checkpoints/epoch-000001/manifest.json',
    JSON.stringify({
      format: 'loopwright-checkpoint',
      unit: 'epoch',
      epoch: 1,
      created: '2026-01-01',
      metrics: { loss: { $number: 'NaN' } },
    }),
  );
  write(
    'runs/study.json',
    JSON.stringify({ version: 1, settings: {}, outcomes: [{ seed: 1, values: { a: 1 }, seconds: 1 }] }),
  );
  board = await serveBoard(join(root, 'runs'), { port: 0 });
  while ((await get<RunsAnswer>('api/runs')).reading !== undefined);
});

afterAll(async () => {
  await board.close();
  rmSync(root, { recursive: true });
});

function write(path: string, content: string | Uint8Array): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(board.url + path);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
}

async function runNamed(name: string): Promise<RunEntry> {
  const { runs } = await get<RunsAnswer>('api/runs');
  const found = runs.find((run) => run.name === name);
  if (found === undefined) throw new Error(`there is no run ${name}`);
  return found;
}

/** A request as it stands, which `fetch` would tidy up. @returns the status and what came back */
function raw(
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  const { port } = new URL(board.url);
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    sent.on('error', reject).end();
  });
}

/** Sends bytes that no client would, and returns the first line of the answer. */
function rawLine(line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(board.url).port), '127.0.0.1', () => {
      socket.write(`${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    });
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

describe('the API', () => {
  it('lists the runs, and says when nothing has changed', async () => {
    const response = await fetch(`${board.url}api/runs`);
    const { runs, tags, studies } = (await response.json()) as RunsAnswer;
    expect(runs.map(({ name }) => name)).toEqual([HOSTILE, 'events', 'seed-1', 'seed-2']);
    expect(runs.map(({ group }) => group)).toEqual([undefined, undefined, 'seed-*', 'seed-*']);
    expect(tags).toEqual(['loss', HOSTILE]);
    expect(studies).toBe(1);
    const again = await fetch(`${board.url}api/runs`, {
      headers: { 'If-None-Match': response.headers.get('etag') ?? '' },
    });
    expect(again.status).toBe(304);
  });

  it('gives curves of runs, and bands over seeds', async () => {
    const [one, two] = [await runNamed('seed-1'), await runNamed('seed-2')];
    const query = `tag=loss&axis=step&runs=${one.id},${two.id}`;
    expect(await get(`api/curves?${query}`)).toEqual({
      curves: [
        { run: one.id, x: [1, 2], y: [1, 0.5], count: 2, notFinite: 0 },
        { run: two.id, x: [1, 2], y: [2, 1], count: 2, notFinite: 0 },
      ],
      bands: [],
    });
    expect(await get(`api/curves?${query}&bands=1`)).toMatchObject({
      curves: [],
      bands: [{ group: 'seed-*', members: [one.id, two.id], x: [1, 2], y: [1.5, 0.75], runs: [2, 2] }],
    });
    expect(await get('api/curves?tag=loss&axis=step&runs=nobody')).toEqual({ curves: [], bands: [] });
  });

  it('follows a run that is written', async () => {
    write('runs/live/metrics.jsonl', '{"step":1,"loss":1}\n');
    await expect
      .poll(
        () =>
          runNamed('live').then(
            ({ name }) => name,
            () => '',
          ),
        { timeout: PATIENCE_MS },
      )
      .toBe('live');
    const { id, version } = await runNamed('live');
    appendFileSync(join(root, 'runs/live/metrics.jsonl'), '{"step":2,"loss":0.5}\n');
    await expect
      .poll(async () => (await runNamed('live')).version, { timeout: PATIENCE_MS })
      .toBeGreaterThan(version);
    expect(await get(`api/curves?tag=loss&axis=step&runs=${id}`)).toMatchObject({
      curves: [{ x: [1, 2], y: [1, 0.5] }],
    });
  });

  it('gives tables, checkpoints and studies', async () => {
    const { id } = await runNamed('seed-1');
    expect(await get(`api/table?runs=${id}`)).toEqual({
      settings: ['lr', 'name'],
      metrics: ['loss', HOSTILE],
      omitted: 0,
      rows: [
        {
          run: id,
          settings: [0.1, HOSTILE],
          metrics: [
            { last: 0.5, min: 0.5, max: 1 },
            { last: 1, min: 1, max: 1 },
          ],
        },
      ],
    });
    expect(await get(`api/checkpoints?runs=${id}`)).toMatchObject({
      checkpoints: [{ count: 1, metrics: { loss: 'NaN' } }],
    });
    expect(await get('api/studies')).toMatchObject({
      studies: [{ name: 'study.json', summary: { a: { n: 1, mean: 1, std: 'NaN' } } }],
    });
    expect(await get(`api/card?run=${id}`)).toMatchObject({ card: { starts: [{ options: { lr: 0.1 } }] } });
  });

  it('gives images that a browser only draws, histograms and texts', async () => {
    const { id } = await runNamed('events');
    expect(await get(`api/images?runs=${id}`)).toEqual({
      images: [{ run: id, tag: 'samples', samples: [{ position: 3, count: 2 }] }],
      omitted: 0,
    });
    const image = (index: number) =>
      fetch(`${board.url}api/image?run=${id}&tag=samples&position=3&index=${index}`);
    const png = await image(0);
    expect(png.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await png.arrayBuffer()).equals(PNG)).toBe(true);
    expect((await image(1)).status).toBe(404);
    expect((await image(2)).status).toBe(404);
    expect(await get(`api/histograms?runs=${id}`)).toEqual({
      histograms: [{ run: id, tag: 'weights' }],
      omitted: 0,
    });
    expect(await get(`api/histogram?run=${id}&tag=weights`)).toMatchObject({
      min: 0,
      max: 1,
      rows: [{ position: 3 }],
    });
    expect(await get(`api/texts?runs=${id}`)).toEqual({
      texts: [{ run: id, tag: 'note', samples: [{ position: 3, text: HOSTILE }] }],
      omitted: 0,
    });
  });

  it.each([
    ['api/curves?axis=step', 400],
    ['api/curves?tag=loss&axis=sideways', 400],
    ['api/curves?tag=loss&axis=step&smoothing=1', 400],
    ['api/curves?tag=loss&axis=step&points=2', 400],
    ['api/curves?tag=loss&axis=step&from=NaN', 400],
    ['api/image?run=nobody&tag=a&position=1&index=0', 404],
    ['api/histogram?run=../secret.txt&tag=a', 404],
  ])('refuses %s with %d', async (path, status) => {
    expect((await fetch(board.url + path)).status).toBe(status);
  });
});

describe('the server', () => {
  it('gives the page, its modules and the chart library', async () => {
    for (const [path, type] of [
      ['', 'text/html'],
      ['style.css', 'text/css'],
      ['icon.svg', 'image/svg+xml'],
      ['vendor/echarts.js', 'text/javascript'],
    ] as const) {
      const response = await fetch(board.url + path);
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringContaining(type),
      ]);
    }
  });

  it('sends headers that keep scripts, embedding and guessing of types out, with refusals too', async () => {
    for (const path of ['', 'api/runs', 'nothing']) {
      const { headers } = await fetch(board.url + path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self';");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])('refuses %s', async (method) => {
    expect((await raw(method, '/api/runs')).status).toBe(405);
  });

  it.each([
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/..\\secret.txt',
    '/page/../../package.json',
    '/page/%2e%2e/%2e%2e/package.json',
    '//etc/passwd',
    '/etc/passwd',
    '/page/main.js%00.html',
    '/runs/seed-1/metrics.jsonl',
    '/secret.txt',
    '/api/runs/../../secret.txt',
    '/static/index.html',
    '/page/.tsbuildinfo',
    '/page/tsconfig.json',
    '/__proto__',
    '/constructor',
    '/%',
  ])('has nothing at %s', async (path) => {
    const { status, body } = await raw('GET', path);
    expect(status).toBe(404);
    expect(body).toBe('There is nothing here.\n');
  });

  it('takes addresses as they are sent, whole ones and such with a zero byte too', async () => {
    expect(await rawLine(`GET ${board.url}api/runs HTTP/1.1`)).toMatch(/^HTTP\/1\.1 404 /);
    expect(await rawLine('GET /\u0000/etc/passwd HTTP/1.1')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('answers to its own names alone, so that no other page can reach it by a name of its own', async () => {
    const status = async (host: string) => (await raw('GET', '/api/runs', { Host: host })).status;
    for (const host of ['localhost', 'localhost:1234', '127.0.0.1', '[::1]:80', 'LOCALHOST'])
      expect(await status(host)).toBe(200);
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1.evil.example',
      '192.168.0.1',
      'evil.example:6070',
    ]) {
      expect(await status(host)).toBe(403);
    }
  });

  it('listens on loopback unless it is told otherwise, and says so', async () => {
    expect(board.isLoopback).toBe(true);
    expect(
      ['127.0.0.1', '127.9.9.9', '::1', 'localhost', '0.0.0.0', '::', '127.0.0.1.evil.example'].map(
        isLoopback,
      ),
    ).toEqual([true, true, true, true, false, false, false]);
  });

  it('takes another port if its own is taken, but not if one was asked for', async () => {
    const port = Number(new URL(board.url).port);
    await expect(serveBoard(join(root, 'runs'), { port })).rejects.toThrow(
      `[loopwright/board] serveBoard: cannot listen on 127.0.0.1:${port}: `,
    );
    const boards = [await serveBoard(join(root, 'runs')), await serveBoard(join(root, 'runs'))];
    expect(boards[0]?.url).not.toBe(boards[1]?.url);
    for (const one of boards) await one.close();
  });

  it('refuses options that make no sense by name', async () => {
    await expect(serveBoard(root, { port: 70_000 })).rejects.toThrow(
      'port must be an integer at least 0 and at most 65535, got 70000',
    );
    await expect(serveBoard(root, { post: 1 } as never)).rejects.toThrow(
      'unknown option "post" (did you mean port?)',
    );
    await expect(serveBoard(join(root, 'none'))).rejects.toThrow('cannot open ');
  });
});
