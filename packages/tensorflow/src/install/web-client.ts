import { readFileSync } from 'node:fs';
import { Agent, type Dispatcher, fetch, ProxyAgent, type Response } from 'undici';
import { proxyFor } from './proxy-settings.ts';

/** Asks web servers as the user's settings want it. */
export interface WebClient {
  get(url: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  close(): Promise<void>;
}

/** Milliseconds that a server may be silent. */
const SILENCE = 60_000;

/**
 * A client that goes through the proxies that the environment names, trusts the certificates of a file, and sends a
 * name and password that stand in an address as credentials, to that address's server only.
 */
export function webClient(env: NodeJS.ProcessEnv, certificates: string | undefined): WebClient {
  const tls = certificates === undefined ? {} : { ca: readFileSync(certificates) };
  const patience = { headersTimeout: SILENCE, bodyTimeout: SILENCE };
  const dispatchers = new Map<string | undefined, Dispatcher>();
  // Only https:// goes through tunnels, as with curl and pip: many proxies refuse those to other ports.
  const dispatcherFor = (proxy: string | undefined) => {
    const dispatcher =
      dispatchers.get(proxy) ??
      (proxy === undefined
        ? new Agent({ ...patience, connect: tls })
        : new ProxyAgent({ ...patience, uri: proxy, requestTls: tls, proxyTunnel: false }));
    dispatchers.set(proxy, dispatcher);
    return dispatcher;
  };
  return {
    get(address, headers = {}) {
      const url = new URL(address);
      const credentials = `${unescaped(url.username)}:${unescaped(url.password)}`;
      const all: Record<string, string> = { ...headers };
      if (credentials !== ':') all.authorization = `Basic ${Buffer.from(credentials).toString('base64')}`;
      url.username = '';
      url.password = '';
      return fetch(url, { dispatcher: dispatcherFor(proxyFor(url.href, env)), headers: all });
    },
    async close() {
      await Promise.all([...dispatchers.values()].map((dispatcher) => dispatcher.destroy()));
    },
  };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
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
