import type { Conclusion, Precision, Side } from './benchmark.ts';
import type { MeasuredRow } from './row.ts';

const OTHERS: readonly (readonly [Side, string])[] = [
  ['pytorch', 'PyTorch'],
  ['stock', 'stock tfjs-node'],
];

/**
 * How many times faster the best of ours is than the best of every other side, in any precision and with both in
 * float32; and what share it reaches of what the machine allows at best in the same precision.
 */
export function compareSides(rows: readonly MeasuredRow[]): Conclusion[] {
  const any = againstOthers(rows, '');
  const single = rows.filter(({ precision = 'float32' }) => precision === 'float32');
  return [
    ...any,
    ...(single.length === rows.length ? [] : againstOthers(single, ', float32')),
    ...rows.filter(({ side }) => side === 'limit').flatMap((limit) => shareOf(rows, limit)),
  ];
}

/** How many times faster one row is than another, in all and round by round. */
export function speedOf(ours: MeasuredRow, theirs: MeasuredRow, what?: string): Conclusion {
  const rounds = theirs.roundMs.flatMap((time, round) => {
    const own = ours.roundMs[round];
    return own === undefined ? [] : [time / own];
  });
  return {
    what: what ?? `${ours.name} against ${theirs.name}`,
    value: theirs.medianMs / ours.medianMs,
    unit: '×',
    ...(rounds.length > 1 && { range: [Math.min(...rounds), Math.max(...rounds)] as const }),
  };
}

function againstOthers(rows: readonly MeasuredRow[], suffix: string): Conclusion[] {
  const ours = bestOf(rows, 'ours');
  return OTHERS.flatMap(([side, label]) => {
    const theirs = bestOf(rows, side);
    if (ours === undefined || theirs === undefined) return [];
    const pair = ours.name === theirs.name ? ours.name : `${ours.name} against ${theirs.name}`;
    return [speedOf(ours, theirs, `best of ours against best of ${label}${suffix} (${pair})`)];
  });
}

function shareOf(rows: readonly MeasuredRow[], limit: MeasuredRow): Conclusion[] {
  const precision: Precision = limit.precision ?? 'float32';
  const ours = bestOf(
    rows.filter((row) => (row.precision ?? 'float32') === precision),
    'ours',
  );
  if (ours === undefined) return [];
  const what = `${ours.name}: share of the speed of a large ${precision} matrix product`;
  return [{ what, value: (100 * limit.medianMs) / ours.medianMs, unit: '%' }];
}

function bestOf(rows: readonly MeasuredRow[], side: Side): MeasuredRow | undefined {
  return rows.filter((row) => row.side === side).sort((a, b) => a.medianMs - b.medianMs)[0];
}
