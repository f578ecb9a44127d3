import type { Host } from '../host.ts';
import { satisfies } from '../tensorflow-versions.ts';

/** What a wheel's file name says: `tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl`. */
export interface WheelName {
  readonly filename: string;
  /** Normalized: lower case, with single hyphens. */
  readonly project: string;
  readonly version: string;
  readonly python: string;
  readonly platforms: readonly string[];
}

/** One wheel that is wanted: a project and the range of its releases, and the platform it must run on. */
export interface WheelRequest {
  readonly project: string;
  readonly range: string;
  /** The platform tags that fit. */
  readonly platforms: readonly string[];
}

/** Reads a wheel's file name; undefined if it is not one. */
export function parseWheelName(filename: string): WheelName | undefined {
  const parts = filename.endsWith('.whl') ? filename.slice(0, -'.whl'.length).split('-') : [];
  if (parts.length !== 5 && parts.length !== 6) return undefined;
  const [project = '', version = ''] = parts;
  const [python = '', , platform = ''] = parts.slice(-3);
  return { filename, project: normalizeProject(project), version, python, platforms: platform.split('.') };
}

/** A project's name as indexes spell it in addresses. */
export function normalizeProject(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

/** Whether a wheel is one that was asked for. Any Python's wheel will do: its libraries are the same. */
export function fits(wheel: WheelName, request: WheelRequest): boolean {
  return (
    wheel.project === request.project &&
    satisfies(wheel.version, request.range) &&
    wheel.platforms.some((platform) => platform === 'any' || request.platforms.includes(platform))
  );
}

/**
 * The platform tags of wheels that run on a host: on Linux every glibc from 2.17 to the host's own, on macOS every
 * release from the architecture's first to the host's own. None on Windows, whose wheels carry no C++ library, and
 * none where the C library is not glibc.
 */
export function wheelPlatforms({ platform, arch, glibc, kernel }: Host): string[] {
  const machine = wheelMachine(platform, arch);
  if (machine === undefined) return [];
  if (platform === 'linux' && glibc !== undefined) {
    const minor = Number(glibc.split('.')[1]);
    return ['manylinux2014', ...range(17, minor).map((version) => `manylinux_2_${version}`)].map(
      (tag) => `${tag}_${machine}`,
    );
  }
  if (platform === 'darwin') {
    const tags = range(11, macOsRelease(kernel)).map((version) => `macosx_${version}_0_${machine}`);
    return machine === 'x86_64' ? [`macosx_10_15_${machine}`, ...tags] : tags;
  }
  return [];
}

function wheelMachine(platform: NodeJS.Platform, arch: string): string | undefined {
  if (arch === 'x64') return 'x86_64';
  if (arch === 'arm64') return platform === 'darwin' ? 'arm64' : 'aarch64';
  return undefined;
}

/** macOS 11 has kernel 20, and so on to 15 with 24; from then on it is named for the year, 26 with 25. */
function macOsRelease(kernel: string): number {
  const major = Number(kernel.split('.')[0]);
  return major >= 25 ? major + 1 : major - 9;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
