/**
 * The process that the fault tests kill: trains the reference run in a folder, from where it was left, to the end. It
 * tells its parent what it is doing.
 *
 *   node --import tsx test/faults/program.ts --run FOLDER [--epochs N] [--save-every N] [--workers N]
 *     [--slow-files MILLISECONDS] [--seed N]
 */
import { parseArgs } from 'node:util';
import { type Phase, trainReference } from './reference-run.ts';
import { slowFiles } from './slow-files.ts';

/** What the program tells. */
export type Message =
  | { readonly kind: 'phase'; readonly phase: Phase; readonly step: number }
  /** An operation on the checkpoints' files begins, or has ended. */
  | { readonly kind: 'file'; readonly operation?: string | undefined }
  /** What the saver did. */
  | { readonly kind: 'saver'; readonly event: string; readonly path: string };

const string = { type: 'string' } as const;
const options = { run: string, epochs: string, 'save-every': string, workers: string };
const { values } = parseArgs({ options: { ...options, 'slow-files': string, seed: string } });
const folder = values.run;
if (folder === undefined) throw new Error('--run FOLDER is missing');
const pauses = Number(values['slow-files'] ?? 0);
const tell = (message: Message) => process.send?.(message);

await trainReference({
  folder,
  epochs: Number(values.epochs ?? 4),
  saveEvery: Number(values['save-every'] ?? 3),
  workers: Number(values.workers ?? 2),
  onPhase: (phase, step) => tell({ kind: 'phase', phase, step }),
  checkpoints: {
    onEvent: ({ kind, path }) => tell({ kind: 'saver', event: kind, path }),
    // Without pauses the saver writes in its own thread.
    ...(pauses > 0 && {
      fileSystem: slowFiles(pauses, Number(values.seed ?? 0), (operation) =>
        tell({ kind: 'file', operation }),
      ),
    }),
  },
});
if (process.connected) process.disconnect();
