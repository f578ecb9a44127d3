const NUMBERS = /(\d+(?:\.\d+)?)/;

/** Orders names as people do: `seed-2` before `seed-10`, `lr0.001` before `lr0.01`, whatever the case. */
export function compareNames(a: string, b: string): number {
  const [left, right] = [a.split(NUMBERS), b.split(NUMBERS)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [one, other] = [left[i] as string, right[i] as string];
    const difference = i % 2 === 0 ? one.localeCompare(other, 'en') : Number(one) - Number(other);
    if (difference !== 0) return difference;
  }
  return left.length - right.length || (a < b ? -1 : Number(a > b));
}
