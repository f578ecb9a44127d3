import { defineBenchmark } from '../harness/benchmark.ts';
import { count } from '../harness/options.ts';
import { typescript } from '../harness/programs.ts';

const WORKS = {
  open: 'page (first), all runs read (then)',
  curve: 'curve of all runs, smoothed anew',
  refresh: 'refresh while a tenth of the runs grow',
} as const;

export default defineBenchmark({
  summary: 'the board over many long runs: opening it, a curve of all of them, a refresh',
  options: { runs: count(100), points: count(100_000) },
  cases: ({ runs, points, seconds }) => [
    {
      title: `The board over ${runs} runs of ${points.toLocaleString('en')} points`,
      participants: Object.entries(WORKS).map(([work, name]) => ({
        name,
        side: 'ours' as const,
        program: typescript('board.ts', { work, runs, points, seconds }),
      })),
      conclude: () => [],
    },
  ],
});
