import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FakeWheel } from './fake-wheel.ts';

/** What a request for a file looked like. */
export interface FileRequest {
  readonly range: string | undefined;
  readonly authorization: string | undefined;
}

export interface FakeIndexOptions {
  readonly json?: boolean;
  /** The answers to the first requests for the file; all later ones are whole and right. */
  readonly misbehave?: readonly ('cut' | 'corrupt' | 'stall' | 'unavailable')[];
  readonly password?: string;
}

/** A package index on loopback with one wheel in it. Close it when done. */
export interface FakeIndex {
  readonly url: string;
  readonly requests: FileRequest[];
  close(): Promise<void>;
}

export async function startFakeIndex(wheel: FakeWheel, options: FakeIndexOptions = {}): Promise<FakeIndex> {
  const content = readFileSync(wheel.path);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const requests: FileRequest[] = [];
  const misbehave = [...(options.misbehave ?? [])];

  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    if (options.password !== undefined && authorization !== basic(options.password)) {
      response.writeHead(401).end();
    } else if (request.url === '/simple/tensorflow-cpu/') {
      answerPage(response);
    } else if (request.url?.startsWith('/files/')) {
      requests.push({ range: request.headers.range, authorization });
      answerFile(request, response);
    } else {
      response.writeHead(404).end();
    }
  });

  function answerPage(response: ServerResponse): void {
    const href = `../../files/${wheel.filename}`;
    if (options.json === true) {
      const files = [{ filename: wheel.filename, url: href, hashes: { sha256 }, yanked: false }];
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ meta: { 'api-version': '1.0' }, files }));
    } else {
      response.setHeader('content-type', 'text/html');
      response.end(`<html><body><a href="${href}#sha256=${sha256}">${wheel.filename}</a></body></html>`);
    }
  }

  function answerFile({ headers }: IncomingMessage, response: ServerResponse): void {
    const fault = misbehave.shift();
    if (fault === 'unavailable') return void response.writeHead(503).end();
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const body = fault === 'corrupt' ? Buffer.alloc(content.length, 'x') : content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, { 'content-length': body.length });
    if (fault === undefined || fault === 'corrupt') return void response.end(body);
    response.write(body.subarray(0, body.length / 2), () => {
      // Not at once, so that what was sent arrives.
      if (fault === 'cut') setTimeout(() => response.destroy(), 100);
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/simple`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function basic(password: string): string {
  return `Basic ${Buffer.from(`user:${password}`).toString('base64')}`;
}
