import { Worker, type WorkerOptions } from 'node:worker_threads';

/**
 * Starts a thread that runs the module beside another one, from the build, or from the sources where that one is run from
 * them.
 *
 * @param url of the module that asks, its `import.meta.url`
 * @param name of the thread's module, which lies in the same folder, without its ending
 * @param options Node's, for a `Worker`
 * @throws Error of Node, if what the thread is given cannot be sent
 * @example
 * const start = () => startThread(import.meta.url, 'worker', { workerData: { seed: 1 } }); // worker.js, or worker.ts
 */
export function startThread(url: string, name: string, options: WorkerOptions): Worker {
  if (url.endsWith('.ts')) {
    // A thread has no loader for TypeScript of its own in Node 20; tsx is what this repository runs its sources with.
    const [tsx, program] = [import.meta.resolve('tsx/esm/api'), new URL(`${name}.ts`, url).href].map(
      (module) => JSON.stringify(module),
    );
    const text = `import(${tsx}).then(({ register }) => { register(); return import(${program}); })`;
    return new Worker(text, { ...options, eval: true, execArgv: ['--conditions=loopwright-source'] });
  }
  const program = new URL(`${name}.js`, url);
  // Under --input-type Node begins a thread with text only, as it began the program.
  const needsText = process.execArgv.some((option) => option.startsWith('--input-type'));
  if (!needsText) return new Worker(program, options);
  return new Worker(`import(${JSON.stringify(program.href)})`, { ...options, eval: true });
}
