import { readFileSync } from 'node:fs';
import { type Dispatcher, EnvHttpProxyAgent, fetch, type Response } from 'undici';

/** Asks web servers as the user's settings want it. */
export interface WebClient {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

/** Milliseconds that a server may be silent. */
const SILENCE = 60_000;

/**
 * A client that goes through the proxies of `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, trusts the certificates of a
 * file, and sends a name and password that stand in an address as credentials, to that address's server only.
 */
export function webClient(certificates: string | undefined): WebClient {
  const ca = certificates === undefined ? undefined : readFileSync(certificates);
  const dispatcher: Dispatcher = new EnvHttpProxyAgent({
    headersTimeout: SILENCE,
    bodyTimeout: SILENCE,
    ...(ca === undefined ? {} : { connect: { ca }, requestTls: { ca } }),
  });
  return {
    get(address, headers = {}) {
      const url = new URL(address);
      const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
      const all: Record<string, string> = { ...headers };
      if (credentials !== ':') all.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
      url.username = '';
      url.password = '';
      return fetch(url, { dispatcher, headers: all });
    },
    close: () => dispatcher.close(),
  };
}

/** An address as it may be shown: without the name and password in it. */
export function withoutCredentials(address: string): string {
  const url = new URL(address);
  url.username = '';
  url.password = '';
  return url.href;
}

/** Why a request failed, with the cause that fetch hides. */
export function explainWebError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause.message : '';
  return cause === '' ? error.message : `${error.message}: ${cause}`;
}
