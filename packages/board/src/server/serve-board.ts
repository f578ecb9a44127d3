import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checker, reasonOf } from '@loopwright/core';
import { RunFolder } from '../runs/run-folder.ts';
import type { Answer } from './answer.ts';
import { assetAnswer, pageFiles } from './assets.ts';
import { HEADERS } from './headers.ts';
import { Query } from './query.ts';
import { Refusal } from './refusal.ts';
import { guardRequest, isLoopback } from './request-guard.ts';
import { type Route, routes } from './routes.ts';

/** Options of {@link serveBoard}. */
export interface BoardOptions {
  /** 6070 by default, or any other if that is taken; 0 for any that is free. */
  readonly port?: number;
  /** The address to listen on. Default `127.0.0.1`, which only this machine reaches: there is no password. */
  readonly host?: string;
}

/** A board that is being served. */
export interface Board {
  /** What to type into a browser. */
  readonly url: string;
  /** Whether only this machine can reach it. */
  readonly isLoopback: boolean;
  close(): Promise<void>;
}

const check = checker('board', 'serveBoard');
const DEFAULT_PORT = 6070;

/**
 * Serves a page that shows all runs under a folder, live as they are written. It only reads, and only in this folder.
 *
 * @throws LoopwrightError if there is no such folder, or the port cannot be had
 * @example
 * import { mkdirSync } from 'node:fs';
 *
 * mkdirSync('runs/baseline', { recursive: true });
 * const board = await serveBoard('runs', { port: 0 });
 * board.isLoopback; // true
 * await board.close();
 */
export async function serveBoard(folder: string, options?: BoardOptions): Promise<Board> {
  const { port, host = '127.0.0.1' } = check.options(options, ['port', 'host']);
  check.string('host', host);
  if (port !== undefined) check.integer('port', port, { min: 0, max: 65535 });
  const runs = new RunFolder(folder);
  const server = createServer({ maxHeaderSize: 2 ** 15 }, handler(runs, host));
  try {
    await listen(server, port ?? DEFAULT_PORT, host);
  } catch (error) {
    const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
    if (!isTaken || port !== undefined)
      check.fail(`cannot listen on ${host}:${port ?? DEFAULT_PORT}: ${reasonOf(error)}`);
    await listen(server, 0, host);
  }
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}/`,
    isLoopback: isLoopback(host),
    close: () => {
      runs.close();
      return close(server);
    },
  };
}

function handler(folder: RunFolder, host: string) {
  const files = pageFiles();
  const api = routes(folder);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      guardRequest(request.method, request.headers.host, host);
      send(response, await answerTo(request.url ?? '', files, api), request.headers['if-none-match']);
    } catch (error) {
      const { status, message } = error instanceof Refusal ? error : new Refusal(500, reasonOf(error));
      if (!response.headersSent)
        response.writeHead(status, { ...HEADERS, Allow: 'GET', 'Content-Type': 'text/plain' });
      response.end(`${message}\n`);
    }
  };
}

/** Addresses are compared as they were sent: nothing in them is decoded or resolved. */
function answerTo(
  url: string,
  files: ReadonlyMap<string, string>,
  api: ReadonlyMap<string, Route>,
): Answer | Promise<Answer> {
  const [path = '', query = ''] = url.split(/\?(.*)/s, 2);
  const file = files.get(path);
  if (file !== undefined) return assetAnswer(file);
  const route = api.get(path);
  if (route === undefined) throw new Refusal(404, 'There is nothing here.');
  return route(new Query(query));
}

function send(response: ServerResponse, { type, body, tag }: Answer, known: string | undefined): void {
  const etag = tag === undefined ? undefined : `"${tag}"`;
  const headers = { ...HEADERS, ...(etag !== undefined && { ETag: etag }) };
  if (etag !== undefined && known === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response
    .writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
    .end(body);
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
