const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/**
 * Values as a row of small bars, the smallest and the largest as the lowest and the highest; of more values than there is room
 * for, means. Empty for fewer than two.
 *
 * @param columns that it may take, at least 1
 */
export function sparkline(values: readonly number[], columns: number): string {
  if (values.length < 2) return '';
  const width = Math.min(columns, values.length);
  const means = Array.from({ length: width }, (_, column) => {
    const [start, end] = [column, column + 1].map((edge) => Math.floor((edge * values.length) / width));
    const part = values.slice(start, end);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
  const [low, high] = [Math.min(...means), Math.max(...means)];
  return means.map((mean) => LEVELS[high > low ? Math.round((7 * (mean - low)) / (high - low)) : 3]).join('');
}
