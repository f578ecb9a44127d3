/** Numbers, times and sizes as the page shows them. */

/** A value in a few digits: `0.2431`, `1.09e-6`. */
export function shortNumber(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e7)) {
    return value
      .toExponential(digits - 1)
      .replace(/\.?0+e/, 'e')
      .replace('e+', 'e');
  }
  return value.toLocaleString('en', { maximumSignificantDigits: digits });
}

/** A value with all its digits. */
export function exactNumber(value: number): string {
  return String(value);
}

/** A step at a tick: `500`, `20k`, `1.5M`. */
export function compactNumber(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6) return `${shortNumber(value / 1e6)}M`;
  return magnitude >= 1e4 ? `${shortNumber(value / 1e3)}k` : shortNumber(value, 6);
}

/** `12.3 s`, `4 min 5 s`, `2 h 7 min`, `3 d 4 h`. */
export function duration(seconds: number): string {
  const total = Math.abs(seconds);
  const sign = seconds < 0 ? '−' : '';
  if (total < 60) return `${sign}${shortNumber(total, 3)} s`;
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  const first = units.findIndex(([, size]) => total >= size);
  const [large, small] = [units[first] ?? units[3], units[first + 1] ?? units[3]];
  const count = Math.floor(total / large[1]);
  const rest = Math.floor((total - count * large[1]) / small[1]);
  return `${sign}${count} ${large[0]}${rest === 0 ? '' : ` ${rest} ${small[0]}`}`;
}

/** How long ago a moment was, in milliseconds since 1970: `just now`, `5 min ago`. */
export function ago(moment: number, now: number): string {
  const seconds = (now - moment) / 1000;
  if (seconds < 10) return 'just now';
  return `${duration(Math.floor(seconds)).replace(/ (\d+) s$/, '')} ago`;
}

/** `38.5 MB` */
export function fileSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${shortNumber(bytes / 1000 ** power, 3)} ${units[power]}`;
}

/** A count with its noun. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
