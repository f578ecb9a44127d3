import { readFileSync, writeFileSync } from 'node:fs';

/**
 * Forgets how much memory the process has held at most, and returns what says how much it has held at most since, in
 * bytes. Elsewhere than on Linux, and where the system does not allow it, that is undefined.
 */
export function watchResidentPeak(): () => number | undefined {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    return () => undefined;
  }
  return () => {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  };
}
