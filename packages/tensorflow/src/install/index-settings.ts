import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from '../host.ts';

/** Where wheels are looked for when pip itself is not there, as the user's settings for pip and uv say. */
export interface IndexSettings {
  /** Roots of simple APIs, the first that has a wheel wins. */
  readonly indexes: readonly string[];
  /** A file of certificates to trust. */
  readonly certificates: string | undefined;
}

/**
 * Reads the settings: `indexUrl` (the command line's) alone where it is given; else `PIP_INDEX_URL`,
 * `UV_DEFAULT_INDEX`, `UV_INDEX_URL`, or `index-url` of pip's configuration files, and then the extra indexes of each. A
 * variable that is set to nothing counts as one that is not set.
 */
export function indexSettings(host: Host, indexUrl: string | undefined): IndexSettings {
  const { env } = host;
  const files = pipSettings(host);
  const certificates = env.PIP_CERT || files.cert || env.SSL_CERT_FILE || undefined;
  if (indexUrl !== undefined) return { indexes: [indexUrl], certificates };
  const main = env.PIP_INDEX_URL || env.UV_DEFAULT_INDEX || env.UV_INDEX_URL || files['index-url'];
  const extra = [env.PIP_EXTRA_INDEX_URL, env.UV_INDEX, env.UV_EXTRA_INDEX_URL, files['extra-index-url']];
  const indexes = [main, ...extra].flatMap((value) => value?.trim().split(/\s+/) ?? []);
  return { indexes: [...new Set(indexes.map(withoutName).filter((url) => url !== ''))], certificates };
}

/** The `[global]` settings of pip's configuration files, the user's own over the machine's. */
function pipSettings({ platform, home, env }: Host): Record<string, string> {
  const name = platform === 'win32' ? 'pip.ini' : 'pip.conf';
  const config = env.XDG_CONFIG_HOME || join(home, '.config');
  const places = {
    linux: ['/etc/xdg/pip/pip.conf', '/etc/pip.conf'],
    darwin: [
      '/Library/Application Support/pip/pip.conf',
      join(home, 'Library', 'Application Support', 'pip', name),
    ],
    win32: [join(env.ProgramData ?? 'C:\\ProgramData', 'pip', name), join(env.APPDATA ?? home, 'pip', name)],
  }[platform as string];
  const users = [join(home, '.pip', name), join(config, 'pip', name)];
  const chosen = env.PIP_CONFIG_FILE === undefined ? [] : [env.PIP_CONFIG_FILE];
  return Object.assign({}, ...[...(places ?? []), ...users, ...chosen].map(readGlobalSection));
}

/** The `[global]` section of a file in the form of Python's configparser: `key = value`, values may go on indented. */
function readGlobalSection(path: string): Record<string, string> {
  const settings: Record<string, string> = {};
  let section = '';
  let key = '';
  for (const line of readLines(path)) {
    const header = /^\[(.+)\]/.exec(line)?.[1];
    const [, name, value] = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (header !== undefined) {
      section = header;
      key = '';
    } else if (section === 'global' && name !== undefined) {
      key = name.toLowerCase().replaceAll('_', '-');
      settings[key] = value?.trim() ?? '';
    } else if (section === 'global' && key !== '' && /^\s+\S/.test(line)) {
      settings[key] = `${settings[key]} ${line.trim()}`.trim();
    }
  }
  return settings;
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split(/\r?\n/)
      .filter((line) => !/^\s*[#;]/.test(line));
  } catch {
    return [];
  }
}

/** uv writes `name=url` for a named index. */
function withoutName(index: string): string {
  return index.replace(/^[\w-]+=(?=\w+:\/\/)/, '');
}
