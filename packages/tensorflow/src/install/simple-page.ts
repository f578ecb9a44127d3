import { compareVersions } from '../tensorflow-versions.ts';
import { fits, parseWheelName, type WheelName, type WheelRequest } from './wheel-name.ts';

/** A wheel as an index lists it. */
export interface ListedWheel extends WheelName {
  readonly url: string;
  readonly sha256: string | undefined;
}

/** The files of a project's page, as JSON has them (PEP 691). */
interface JsonPage {
  readonly files: readonly {
    readonly filename: string;
    readonly url: string;
    readonly hashes?: Readonly<Record<string, string>>;
    readonly yanked?: boolean | string;
  }[];
}

/**
 * Reads a project's page of a simple API, in HTML (PEP 503) or JSON (PEP 691). Yanked files and files that are no
 * wheels are left out.
 *
 * @param address the page's own address, which relative links count from
 */
export function parseSimplePage(text: string, address: string): ListedWheel[] {
  const files = text.trimStart().startsWith('{') ? parseJson(text) : parseHtml(text);
  return files.flatMap(({ filename, href, sha256 }) => {
    const name = parseWheelName(filename);
    return name === undefined ? [] : [{ ...name, sha256, url: new URL(href, address).href }];
  });
}

/** The newest wheel that fits a request; among equals the one for the newest Python. */
export function bestWheel(wheels: readonly ListedWheel[], request: WheelRequest): ListedWheel | undefined {
  return wheels
    .filter((wheel) => fits(wheel, request))
    .sort((a, b) => compareVersions(a.version, b.version) || pythonNumber(a) - pythonNumber(b))
    .at(-1);
}

interface PageFile {
  readonly filename: string;
  readonly href: string;
  readonly sha256: string | undefined;
}

function parseJson(text: string): PageFile[] {
  return (JSON.parse(text) as JsonPage).files
    .filter(({ yanked }) => yanked === undefined || yanked === false)
    .map(({ filename, url, hashes }) => ({ filename, href: url, sha256: hashes?.sha256 }));
}

function parseHtml(text: string): PageFile[] {
  return [...text.matchAll(/<a\s([^>]*)>([^<]*)<\/a>/gi)].flatMap(([, attributes = '', label = '']) => {
    const href = /\bhref\s*=\s*["']([^"']*)["']/i.exec(attributes)?.[1];
    if (href === undefined || /\bdata-yanked\b/i.test(attributes)) return [];
    const [address = '', fragment = ''] = decodeEntities(href).split('#');
    const sha256 = /\bsha256=([0-9a-f]{64})/i.exec(fragment)?.[1];
    return [{ filename: decodeEntities(label).trim(), href: address, sha256 }];
  });
}

function decodeEntities(text: string): string {
  const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => named[name] ?? '');
}

/** `cp313` as 313. */
function pythonNumber({ python }: WheelName): number {
  return Number(/\d+$/.exec(python)?.[0] ?? 0);
}
