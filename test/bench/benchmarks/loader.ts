import type { Case, Conclusion, OptionValues, Participant } from '../harness/benchmark.ts';
import { defineBenchmark } from '../harness/benchmark.ts';
import { speedOf } from '../harness/comparisons.ts';
import { count, text } from '../harness/options.ts';
import { type Flags, python, typescript } from '../harness/programs.ts';
import type { MeasuredRow } from '../harness/row.ts';

const EPOCHS = 20;
const options = { imagenette: text('FOLDER'), cifar: text('FOLDER'), batch: count(512) };
type Request = OptionValues<typeof options> & { readonly seconds: number };

export default defineBenchmark({
  summary:
    'batches from image files and from memory, by threads; needs the data sets (--imagenette, --cifar)',
  options,
  cases: (request) => [files(request, 1), files(request, 2), memory(request), step(request), epochs(request)],
});

/** Decoding, random crops of random size to 128², flips, normalised floats. */
function files({ imagenette, seconds }: Request, workers: number): Case {
  const flags = { work: 'imagenette', data: imagenette, batch: 64, workers, seconds };
  const label = `${workers} ${workers === 1 ? 'worker' : 'workers'}`;
  return {
    title: `Imagenette-160 to 128², batches of 64, ${label}`,
    items: { name: 'images', perStep: 64 },
    participants: [
      ours('from files', flags),
      ours('decoded once', { ...flags, source: 'decoded' }),
      pytorch(label, flags),
    ],
    conclude: (rows) => rows.filter(isOurs).flatMap((row) => againstPytorch(row, rows)),
  };
}

/** Random crops and flips of CIFAR-10's training images, normalised. */
function memory({ cifar, batch, seconds }: Request): Case {
  const flags = { work: 'cifar', data: cifar, batch, seconds };
  return {
    title: `CIFAR-10, batches of ${batch} with random crop and flip`,
    items: { name: 'images', perStep: batch },
    participants: [
      ...[0, 1, 2].map((workers) => ours(`${workers} workers`, { ...flags, workers })),
      ours('InMemoryLoader', { ...flags, source: 'tensor' }),
      ...[0, 1, 2].map((workers) => pytorch(`${workers} workers`, { ...flags, workers })),
    ],
  };
}

/** What the loader adds to a step that has both cores to itself otherwise. */
function step({ cifar, batch, seconds }: Request): Case {
  const flags = { work: 'step', data: cifar, batch, seconds };
  return {
    title: `Compiled training step of ResNet-18 on CIFAR-10, batch ${batch}, with its loader`,
    items: { name: 'images', perStep: batch },
    participants: [
      ours(ALWAYS_THE_SAME, { ...flags, source: 'constant' }),
      ...[0, 1, 2].map((workers) => ours(`${workers} workers`, { ...flags, workers })),
      ours('InMemoryLoader', { ...flags, source: 'tensor' }),
    ],
    conclude: ([constant, ...others]) =>
      constant?.name !== `ours, ${ALWAYS_THE_SAME}` ? [] : others.map((row) => addedTo(constant, row)),
  };
}

const ALWAYS_THE_SAME = 'always the same batch';

/** Whether memory grows from epoch to epoch. */
function epochs({ imagenette }: Request): Case {
  const flags = { work: 'epochs', data: imagenette, batch: 64, workers: 2, epochs: EPOCHS };
  return {
    title: `Resident memory over ${EPOCHS} epochs of 1,920 images, 2 workers (peak: of all; before: of the first half)`,
    participants: [ours('from files', flags)],
    conclude: (rows) => rows.map(growth),
  };
}

function ours(name: string, flags: Flags): Participant {
  return { name: `ours, ${name}`, side: 'ours', program: typescript('loader.ts', flags) };
}

function pytorch(name: string, flags: Flags): Participant {
  return { name: `PyTorch, ${name}`, side: 'pytorch', program: python('loader.py', flags) };
}

function isOurs({ side }: MeasuredRow): boolean {
  return side === 'ours';
}

function againstPytorch(row: MeasuredRow, rows: readonly MeasuredRow[]): Conclusion[] {
  return rows.filter(({ side }) => side === 'pytorch').map((theirs) => speedOf(row, theirs));
}

function addedTo(constant: MeasuredRow, row: MeasuredRow): Conclusion {
  const value = 100 * (row.medianMs / constant.medianMs - 1);
  return { what: `${row.name}: what the loader adds to the step`, value, unit: '%' };
}

function growth({ name, peakBytes = Number.NaN, peakBeforeBytes = Number.NaN }: MeasuredRow): Conclusion {
  const value = 100 * (peakBytes / peakBeforeBytes - 1);
  return { what: `${name}: growth of the peak in the second half`, value, unit: '%' };
}
