/** A time span: `0:07`, `12:05`, `1:02:03`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${twoDigits(rest)}` : `${minutes}:${twoDigits(rest)}`;
}

/** Speed in items per second: `12.3 it/s`, and `2.41 s/it` below one. */
export function formatRate(rate: number): string {
  return rate >= 1 ? `${threeDigits(rate)} it/s` : `${threeDigits(1 / rate)} s/it`;
}

/** A metric's value with four significant digits, or all before the point; integers, texts and truth values as they are. */
export function formatMetric(value: number | string | boolean): string {
  if (typeof value !== 'number' || Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  const magnitude = Math.abs(value);
  if (magnitude < 1e-3 || magnitude >= 1e5) return value.toExponential(3);
  return magnitude < 999.95 ? value.toPrecision(4) : value.toFixed(0);
}

function threeDigits(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
