import type { Comparison } from './compare.ts';

/** A comparison in a sentence: `SWA is higher than base by 0.0065 (95% interval 0.0021 to 0.0109, p = 0.012, 5 pairs)`. */
export function comparisonText(
  { verdict, difference, ci95: [low, high], p, method, a, b }: Omit<Comparison, 'text'>,
  [nameA, nameB]: readonly [string, string],
): string {
  const paired = method === 'paired';
  const runs = paired ? `${a.n} pair${a.n === 1 ? '' : 's'}` : `${a.n} and ${b.n} runs`;
  if (verdict === 'too few runs')
    return `too few runs: ${runs}, where at least two${paired ? '' : ' of each'} are needed`;
  const margin = (high - low) / 2;
  const text = decimalsOf(margin);
  const figures = (from: number, to: number) =>
    `(95% interval ${text(from)} to ${text(to)}, p = ${Number(p.toPrecision(2))}, ${runs})`;
  if (verdict === 'a is higher') {
    return `${nameA} is higher than ${nameB} by ${text(difference)} ${figures(low, high)}`;
  }
  if (verdict === 'b is higher') {
    return `${nameB} is higher than ${nameA} by ${text(-difference)} ${figures(-high, -low)}`;
  }
  return `within noise: ${nameA} less ${nameB} is ${text(difference)} ${figures(low, high)}; what is below ${text(margin)} would not show`;
}

/** Writes figures with the decimals that show two digits of the margin. */
function decimalsOf(margin: number): (value: number) => string {
  if (margin === 0) return (value) => String(Number(value.toPrecision(6)));
  const decimals = Math.min(12, Math.max(0, 1 - Math.floor(Math.log10(margin))));
  return (value) => value.toFixed(decimals);
}
