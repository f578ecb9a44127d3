import { Worker } from 'node:worker_threads';
import type { WorkerSetup } from './worker-messages.ts';

/** Starts a thread of `worker.ts`, from the build, or from the sources where this file is one of them. */
export function startWorker(workerData: WorkerSetup): Worker {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) {
    // Under --input-type Node begins a thread with text only, as it began the program.
    const needsText = process.execArgv.some((option) => option.startsWith('--input-type'));
    if (!needsText) return new Worker(new URL('./worker.js', here), { workerData });
    const text = `import(${JSON.stringify(new URL('./worker.js', here).href)})`;
    return new Worker(text, { workerData, eval: true });
  }
  // A thread has no loader for TypeScript of its own in Node 20; tsx is what this repository runs its sources with.
  const [tsx, worker] = [import.meta.resolve('tsx/esm/api'), new URL('./worker.ts', here).href].map((url) =>
    JSON.stringify(url),
  );
  const program = `import(${tsx}).then(({ register }) => { register(); return import(${worker}); })`;
  return new Worker(program, { workerData, eval: true, execArgv: ['--conditions=loopwright-source'] });
}
