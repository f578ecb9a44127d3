/**
 * The proxy for an address, by the environment variables that curl and pip read: `HTTPS_PROXY`, `HTTP_PROXY` and
 * `ALL_PROXY`, in small letters too, except for the hosts that `NO_PROXY` lists (`*`, `example.org` with all below it,
 * `.example.org`, or with a port).
 *
 * @returns undefined if the address is asked directly
 */
export function proxyFor(address: string, env: NodeJS.ProcessEnv): string | undefined {
  const { protocol, hostname, port } = new URL(address);
  const setting = (name: string) => env[name.toLowerCase()] || env[name.toUpperCase()] || undefined;
  const proxy = setting(`${protocol.slice(0, -1)}_proxy`) ?? setting('all_proxy');
  if (proxy === undefined) return undefined;
  const exempt = (setting('no_proxy') ?? '').split(/[\s,]+/).filter((entry) => entry !== '');
  if (exempt.some((entry) => matches(entry.toLowerCase(), hostname, port))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function matches(entry: string, hostname: string, port: string): boolean {
  if (entry === '*') return true;
  const [, name = '', entryPort] = /^\*?\.?(.+?)(?::(\d+))?$/.exec(entry) ?? [];
  const portFits = entryPort === undefined || entryPort === port;
  return portFits && (hostname === name || hostname.endsWith(`.${name}`));
}
