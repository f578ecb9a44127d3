import { fileURLToPath } from 'node:url';

/** This package: the build that runs, and the sources that source maps name in its place. A frame in here is not the user's. */
const OWN_FOLDER = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The line of the user's code that led here, as `file:line:column`, or `unknown` if no frame is theirs: the innermost
 * one outside `node_modules`, Node itself and this package.
 */
export function userLine(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 200;
  const stack = new Error().stack ?? '';
  Error.stackTraceLimit = limit;
  for (const frame of stack.split('\n').slice(1)) {
    const place = /\(?((?:file:\/\/)?[^()\s][^()]*:\d+:\d+)\)?$/.exec(
      frame.replace(/^\s*at (?:async )?/, ''),
    )?.[1];
    if (place !== undefined && isUsers(asPath(place))) return asPath(place);
  }
  return 'unknown';
}

/** With source maps, as tsx switches on, TensorFlow.js' frames are not in `node_modules` but where it was built. */
const FOREIGN = /^node:|^internal\/|[\\/]node_modules[\\/]|[\\/]tfjs-[a-z]+[\\/]src[\\/]|^<anonymous>/;

function isUsers(place: string): boolean {
  if (FOREIGN.test(place)) return false;
  return !place.startsWith(OWN_FOLDER) || /\.test\.[cm]?[jt]s:/.test(place);
}

/** Without the name of the function in front of a path that holds no parentheses, and without `file://`. */
function asPath(place: string): string {
  const url = place.indexOf('file://');
  if (url < 0) return place;
  const [, file = '', position = ''] = /^(.*?)(:\d+:\d+)$/.exec(place.slice(url)) ?? [];
  return fileURLToPath(file) + position;
}
