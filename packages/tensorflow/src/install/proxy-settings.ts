import { BlockList, isIP, isIPv4 } from 'node:net';

/**
 * The proxy for an address, by the environment variables that curl and pip read: `HTTPS_PROXY`, `HTTP_PROXY` and
 * `ALL_PROXY`, in small letters too, except for the hosts that `NO_PROXY` lists (`*`, `example.org` with all below it,
 * `.example.org`, or with a port; an IP address, or a network of them such as `10.0.0.0/8`).
 *
 * @returns undefined if the address is asked directly
 * @throws Error if what the variable names is no proxy of HTTP
 */
export function proxyFor(address: string, env: NodeJS.ProcessEnv): string | undefined {
  const url = new URL(address);
  const setting = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;
  const ofProtocol = `${url.protocol.slice(0, -1)}_proxy`;
  const proxy = setting(ofProtocol) ?? setting('all_proxy');
  if (proxy === undefined) return undefined;
  const exempt = (setting('no_proxy') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  if (exempt.some((entry) => matches(entry.toLowerCase(), url))) return undefined;
  const whole = proxy.includes('://') ? proxy : `http://${proxy}`;
  if (/^https?:\/\//i.test(whole) && URL.canParse(whole)) return whole;
  // The address itself may hold a password.
  throw new Error(
    `what ${ofProtocol.toUpperCase()} or ALL_PROXY names for ${url.host} is no proxy at http:// or https://`,
  );
}

function matches(entry: string, { protocol, hostname, port }: URL): boolean {
  if (entry === '*') return true;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(entry) !== 0) return host === entry;
  const [network = '', prefix = ''] = entry.split('/');
  if (isIPv4(network) && /^\d+$/.test(prefix)) return isIPv4(host) && isWithin(host, network, Number(prefix));
  const [, name = '', entryPort] = /^\*?\.?(.+?)(?::(\d+))?$/.exec(entry) ?? [];
  const portFits = entryPort === undefined || entryPort === (port || (protocol === 'http:' ? '80' : '443'));
  return portFits && (host === name || host.endsWith(`.${name}`));
}

function isWithin(host: string, network: string, prefix: number): boolean {
  const list = new BlockList();
  list.addSubnet(network, Math.min(prefix, 32), 'ipv4');
  return list.check(host, 'ipv4');
}
