import { shortNumber } from '../view/format.ts';

/** `0.9200 ± 0.0072`: a mean with the decimals that show two digits of its deviation; alone where there is no deviation. */
export function spreadText(mean: number, std: number): string {
  if (!(std > 0 && Number.isFinite(std))) return shortNumber(mean);
  const decimals = 1 - Math.floor(Math.log10(std));
  const isPlain = decimals <= 8 && Math.abs(mean) < 1e7;
  if (!isPlain) return `${shortNumber(mean)} ± ${shortNumber(std, 2)}`;
  return `${mean.toFixed(Math.max(0, decimals))} ± ${std.toFixed(Math.max(0, decimals))}`;
}
