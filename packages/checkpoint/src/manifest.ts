import { createHash } from 'node:crypto';
import { show } from '@loopwright/core';
import type { Unit } from './checkpoint-name.ts';
import { decodeNumber, encodeNumber, type Fail, parseJson } from './state-codec.ts';

/** The file that makes a folder a checkpoint. It is written last. */
export const MANIFEST_FILE = 'manifest.json';

/** The other files of a checkpoint: the states, and the tensors that they refer to. */
export const STATE_FILES = ['state.json', 'state.safetensors'] as const;

/** One of {@link STATE_FILES}. */
export type StateFile = (typeof STATE_FILES)[number];

/** What lets a file's damage be found. */
export interface FileDigest {
  readonly bytes: number;
  readonly sha256: string;
}

/** Numbers by name. */
export type Metrics = Readonly<Record<string, number>>;

/** What a manifest says. */
export interface Manifest {
  readonly unit: Unit;
  readonly epoch: number;
  /** When it was written: ISO 8601, UTC. */
  readonly created: string;
  readonly metrics: Metrics;
  readonly files: Readonly<Record<StateFile, FileDigest>>;
}

const FORMAT = 'loopwright-checkpoint';

/** Raised when a release writes what an older one cannot read. */
const FORMAT_VERSION = 1;

/** The size and checksum of a file that is written from pieces. */
export function digestOf(chunks: readonly Uint8Array[]): FileDigest {
  const hash = createHash('sha256');
  let bytes = 0;
  for (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** A manifest as the text of its file, closed by its own checksum. */
export function writeManifest({ unit, epoch, created, metrics, files }: Manifest): Uint8Array {
  const numbers = Object.entries(metrics).map(([name, value]) => [name, encodeNumber(value)]);
  const contents = {
    format: FORMAT,
    version: FORMAT_VERSION,
    unit,
    epoch,
    created,
    metrics: Object.fromEntries(numbers),
    files,
  };
  const text = JSON.stringify({ ...contents, sha256: checksum(contents) }, undefined, 2);
  return new TextEncoder().encode(`${text}\n`);
}

/**
 * Reads a manifest.
 *
 * @param damaged called if it is not what a writer left
 * @param fail called if a newer release wrote it
 */
export function readManifest(bytes: Uint8Array, damaged: Fail, fail: Fail): Manifest {
  const json = parseJson(new TextDecoder().decode(bytes), damaged);
  const { format, version, sha256, ...rest } = { ...(json as Record<string, unknown>) };
  if (format !== FORMAT) damaged(`format is ${show(format)}, expected ${show(FORMAT)}`);
  if (version !== FORMAT_VERSION) {
    fail(`it has format version ${show(version)}; this release reads version ${FORMAT_VERSION}`);
  }
  if (sha256 !== foundChecksum({ format, version, ...rest }, damaged))
    damaged('its own checksum does not fit');
  const { unit, epoch, created, metrics, files, ...unknown } = rest;
  const [surplus] = Object.keys(unknown);
  if (surplus !== undefined) damaged(`unknown field ${show(surplus)}`);
  return {
    unit: unit === 'epoch' || unit === 'step' ? unit : damaged(`unit is ${show(unit)}`),
    epoch: isCount(epoch) ? epoch : damaged(`epoch is ${show(epoch)}`),
    created: typeof created === 'string' ? created : damaged(`created is ${show(created)}`),
    metrics: readMetrics(metrics, damaged),
    files: readFiles(files, damaged),
  };
}

/** Of the values, whatever the white space: the members in their order, without spaces. */
function checksum(contents: object): string {
  return createHash('sha256').update(JSON.stringify(contents)).digest('hex');
}

/** Of what a file holds, which may be nested more deeply than the stack goes. */
function foundChecksum(contents: object, damaged: Fail): string {
  try {
    return checksum(contents);
  } catch (error) {
    return damaged('it is nested too deeply', { cause: error });
  }
}

function readMetrics(json: unknown, damaged: Fail): Metrics {
  if (!isRecord(json)) return damaged(`metrics are ${show(json)}`);
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, decodeNumber(value, damaged)]),
  );
}

/** Only the known names: a manifest cannot point anywhere else. */
function readFiles(json: unknown, damaged: Fail): Record<StateFile, FileDigest> {
  const names: readonly string[] = STATE_FILES;
  if (!isRecord(json) || Object.keys(json).sort().join() !== names.join()) {
    return damaged(`files must be ${show(names)}, got ${show(json)}`);
  }
  const entries = Object.entries(json).map(([name, file]) => {
    if (!isRecord(file) || !isCount(file.bytes) || typeof file.sha256 !== 'string') {
      return damaged(`file ${show(name)} has no size and checksum`);
    }
    return [name, { bytes: file.bytes, sha256: file.sha256 }] as const;
  });
  return Object.fromEntries(entries) as Record<StateFile, FileDigest>;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
