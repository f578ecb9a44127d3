/** The index of the number in an ascending list that is nearest to `target`; −1 in an empty one. */
export function nearestIndex(numbers: readonly number[], target: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) < target) low = middle + 1;
    else high = middle;
  }
  const [before, after] = [numbers[low - 1], numbers[low]];
  if (before === undefined) return after === undefined ? -1 : low;
  return after === undefined || target - before <= after - target ? low - 1 : low;
}
