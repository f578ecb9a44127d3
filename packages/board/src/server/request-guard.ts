import { isIP } from 'node:net';
import { Refusal } from './refusal.ts';

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** Whether an address to listen on can be reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Refuses what no page of ours asks for: other methods than GET, and other names in the `Host` header than the ones that
 * the server has. A page from elsewhere whose name has been made to point to this machine (DNS rebinding) is stopped by the latter.
 *
 * @param host what the server listens on
 */
export function guardRequest(method: string | undefined, hostHeader: string | undefined, host: string): void {
  if (method !== 'GET') throw new Refusal(405, 'Only GET is answered: this page changes nothing.');
  if (!isOwnName(hostHeader ?? '', host)) throw new Refusal(403, 'This server does not go by that name.');
}

function isOwnName(header: string, host: string): boolean {
  const name = header.replace(/:\d+$/, '').toLowerCase();
  if (LOOPBACK_NAMES.includes(name) || name === host.toLowerCase()) return true;
  // Numbers cannot be made to point elsewhere. Without loopback the machine has several of them.
  return !isLoopback(host) && isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}
