import { checker } from '@loopwright/core';
import type { AlgorithmReport } from '../algorithms/index.ts';
import type { OpProfile, PrimitiveProfile, StepMemory, StepProfile } from './step-profile.ts';

export interface FormatProfileOptions {
  /** How many rows a table has at most, the rest summed up in one; 20 by default. */
  readonly rows?: number;
  /** Characters a line; 120 by default. */
  readonly width?: number;
}

type Cells = readonly string[];

/** The columns that are aligned to the right. */
const NUMERIC = new Set(['count', 'ms', 'share']);

const check = checker('tensorflow', 'formatProfile');

/**
 * A profile as tables to print.
 *
 * @example
 * import { profileStep } from '@loopwright/tensorflow';
 * console.log(formatProfile(profileStep(() => model.apply(images)), { rows: 10 }));
 */
export function formatProfile(profile: StepProfile, options: FormatProfileOptions = {}): string {
  check.options(options, ['rows', 'width']);
  const rows = check.integer('rows', options.rows ?? 20, { min: 1 });
  const width = check.integer('width', options.width ?? 120, { min: 60 });
  const { steps, milliseconds, ops, primitives, algorithms, memory } = profile;
  const headline = `${ms(milliseconds.total)} ms a step (average of ${steps})`;
  const sections = [
    `${headline}\n`,
    opTable(profile, ops, rows, width),
    ...(primitives === undefined ? [] : [primitiveTable(primitives, rows, width)]),
    ...algorithmList(algorithms, rows, width),
    memoryLine(memory),
  ];
  return sections.join('\n');
}

function opTable(
  { milliseconds }: StepProfile,
  ops: readonly OpProfile[],
  rows: number,
  width: number,
): string {
  const { total, dispatch, host } = milliseconds;
  const rest = ops.slice(rows);
  const cells: Cells[] = ops
    .slice(0, rows)
    .map(({ name, oneDnn, count, milliseconds: time, share, shapes = '' }) => [
      oneDnn ? `${name} (oneDNN)` : name,
      number(count),
      ms(time),
      percent(share),
      shapes,
    ]);
  if (rest.length > 0) {
    const sum = (key: 'count' | 'milliseconds' | 'share') => rest.reduce((all, row) => all + row[key], 0);
    cells.push([
      `${rest.length} more`,
      number(sum('count')),
      ms(sum('milliseconds')),
      percent(sum('share')),
      '',
    ]);
  }
  cells.push(["TensorFlow's dispatch", '', ms(dispatch), percent(dispatch / total), '']);
  cells.push(['JavaScript', '', ms(host), percent(host / total), '']);
  return table(['op', 'count', 'ms', 'share', ''], cells, width);
}

function primitiveTable(primitives: readonly PrimitiveProfile[], rows: number, width: number): string {
  const cells = primitives
    .slice(0, rows)
    .map(({ kind, direction, implementation, problem, count, milliseconds }) => [
      direction === 'undef' ? kind : `${kind} ${direction}`,
      number(count),
      ms(milliseconds),
      `${implementation}  ${problem}`,
    ]);
  return table(['oneDNN primitive', 'count', 'ms', 'implementation and problem'], cells, width);
}

/** Nothing where there was nothing to choose. */
function algorithmList(algorithms: readonly AlgorithmReport[], rows: number, width: number): string[] {
  const isChoice = ({ taken, milliseconds }: AlgorithmReport) =>
    taken !== 'native' || Object.keys(milliseconds).length > 0;
  const timeOf = ({ taken, milliseconds }: AlgorithmReport) => milliseconds[taken] ?? 0;
  const lines = algorithms
    .filter(isChoice)
    .sort((a, b) => timeOf(b) - timeOf(a))
    .slice(0, rows)
    .flatMap((report) => [report.call, `  ${describeChoice(report)}`]);
  if (lines.length === 0) return [];
  const all = ['algorithm taken, and others (ms alone)', ...lines];
  return [all.map((line) => `${shorten(line, width)}\n`).join('')];
}

/** The algorithm that was taken, then the others, the fastest first. */
function describeChoice({ taken, milliseconds }: AlgorithmReport): string {
  const describe = (name: string) => {
    const time = milliseconds[name];
    return time === undefined ? `${name} (not measured)` : `${name} ${ms(time)}`;
  };
  const others = Object.keys(milliseconds).filter((name) => name !== taken);
  others.sort((a, b) => (milliseconds[a] ?? 0) - (milliseconds[b] ?? 0));
  return [taken, ...others].map(describe).join(', ');
}

function memoryLine({ peakBytes, startBytes, residentPeakBytes }: StepMemory): string {
  const parts = [
    ...(peakBytes === undefined || startBytes === undefined
      ? []
      : [`${megabytes(peakBytes)} MB of tensors at most, ${megabytes(startBytes)} MB of them from before`]),
    ...(residentPeakBytes === undefined ? [] : [`${megabytes(residentPeakBytes)} MB in the whole process`]),
  ];
  return `memory: ${parts.length === 0 ? 'unknown' : parts.join('; ')}\n`;
}

function table(header: Cells, rows: readonly Cells[], width: number): string {
  const last = header.length - 1;
  const widths = header.map((_, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: Cells) =>
    row
      .map((cell, column) => {
        if (column === last) return cell;
        const size = widths[column] ?? 0;
        return NUMERIC.has(header[column] ?? '') ? cell.padStart(size) : cell.padEnd(size);
      })
      .join('  ')
      .trimEnd();
  return [header, ...rows].map((row) => `${shorten(line(row), width)}\n`).join('');
}

function shorten(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, width - 1)}…`;
}

const number = (value: number) => (Number.isInteger(value) ? String(value) : value.toFixed(1));
const ms = (value: number) => value.toFixed(value < 10 ? 2 : 1);
const percent = (value: number) => `${(100 * value).toFixed(1)}%`;
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
