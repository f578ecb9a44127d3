import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy on loopback. Close it when done. */
export interface FakeProxy {
  readonly url: string;
  /** The hosts that were asked for. */
  readonly asked: string[];
  close(): Promise<void>;
}

/**
 * Starts a proxy that leads every request to one port of this machine, whatever host was asked for. As many proxies do
 * it allows no tunnel to a port that is not for HTTPS.
 */
export async function startFakeProxy(targetPort: number): Promise<FakeProxy> {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { host, pathname } = new URL(request.url ?? '');
    asked.push(host);
    const target = { host: '127.0.0.1', port: targetPort, path: pathname, headers: request.headers };
    forward(target, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    }).end();
  }).on('connect', (_, client) => client.end('HTTP/1.1 403 Forbidden\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
