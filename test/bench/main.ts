/**
 * `npm run bench -- NAME [options]`: measures Loopwright, stock TensorFlow.js and PyTorch at the same work.
 * `npm run bench -- render` writes the tables of `docs/performance.md`.
 * @packageDocumentation
 */
import { bench } from './harness/bench.ts';
import { UsageError } from './harness/command-line.ts';
import { renderPerformance } from './harness/render-performance.ts';

// A process that a signal ends runs no exit handlers, and those clear away what a run has made.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const [name, ...args] = process.argv.slice(2);
try {
  if (name === 'render') renderPerformance();
  else await bench(name, args);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
