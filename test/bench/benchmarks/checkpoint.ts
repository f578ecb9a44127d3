import { type Case, defineBenchmark, type Participant } from '../harness/benchmark.ts';
import { speedOf } from '../harness/comparisons.ts';
import { text } from '../harness/options.ts';
import { python, typescript } from '../harness/programs.ts';
import type { MeasuredRow } from '../harness/row.ts';

export default defineBenchmark({
  summary: 'safetensors files of 45 MB, and how long checkpoints of 45 MB to 1 GB hold the loop',
  options: { folder: text('FOLDER') },
  cases: ({ folder = 'runs/bench', seconds }) => [
    saveCase({ folder, seconds }),
    loadCase({ folder, seconds }),
    ...HELD.map(([title, state]) => holdCase(title, { folder, seconds, state })),
  ],
});

interface Work extends Readonly<Record<string, string | number>> {
  readonly folder: string;
  readonly seconds: number;
}

function saveCase(work: Work): Case {
  const task = 'save';
  const [ours, theirs] = ['safetensors.ts', 'safetensors_file.py'];
  return {
    title: 'Save 45 MB as safetensors',
    participants: [
      own('ours, save (flushed)', ours, { task, durable: 'yes', ...work }),
      own('ours, encode and write (not flushed)', ours, { task, durable: 'no', ...work }),
      pytorch('Python, save_file (not flushed)', theirs, { task, durable: 'no', ...work }),
      pytorch('Python, save_file and fsync (flushed)', theirs, { task, durable: 'yes', ...work }),
    ],
    conclude: pairs(['(flushed)', '(flushed)'], ['(not flushed)', '(not flushed)']),
  };
}

function loadCase(work: Work): Case {
  const task = 'load';
  const theirs = 'safetensors_file.py';
  return {
    title: 'Load 45 MB of safetensors',
    participants: [
      own('ours, load', 'safetensors.ts', { task, ...work }),
      pytorch('Python, load_file (mapped, not read)', theirs, { task, copy: 'no', ...work }),
      pytorch('Python, load_file and copy (read)', theirs, { task, copy: 'yes', ...work }),
    ],
    conclude: pairs(['load', '(mapped, not read)'], ['load', '(read)']),
  };
}

const HELD = [
  ['Checkpoint of ResNet-18, 45 MB', 'weights'],
  ["Checkpoint of ResNet-18 and AdamW's moments, 134 MB", 'adamw'],
  ['Checkpoint of 64 matrices, 1.07 GB', 'gigabyte'],
] as const;

function holdCase(title: string, work: Work): Case {
  return {
    title,
    participants: [
      own('ours, the loop is held up', 'checkpoint.ts', { part: 'held', ...work }),
      own("ours, all work of the loop's thread", 'checkpoint.ts', { part: 'busy', ...work }),
      own('ours, until it is on the disk', 'checkpoint.ts', { part: 'whole', ...work }),
      pytorch('PyTorch, torch.save (not flushed)', 'checkpoint.py', { durable: 'no', ...work }),
      pytorch('PyTorch, torch.save and fsync', 'checkpoint.py', { durable: 'yes', ...work }),
    ],
    conclude: pairs(['held up', '(not flushed)'], ['held up', 'and fsync'], ['disk', 'and fsync']),
  };
}

function own(name: string, file: string, flags: Work & Record<string, string | number>): Participant {
  return { name, side: 'ours', program: typescript(file, flags) };
}

function pytorch(name: string, file: string, flags: Work & Record<string, string | number>): Participant {
  return { name, side: 'pytorch', program: python(file, flags) };
}

/** Compares rows in pairs, ours and theirs, each by the end of its name. */
function pairs(...endings: readonly (readonly [ours: string, theirs: string])[]): Required<Case>['conclude'] {
  const find = (rows: readonly MeasuredRow[], side: string, ending: string) =>
    rows.find((row) => row.side === side && row.name.endsWith(ending));
  return (rows) =>
    endings.flatMap(([mine, other]) => {
      const [ours, theirs] = [find(rows, 'ours', mine), find(rows, 'pytorch', other)];
      return ours === undefined || theirs === undefined ? [] : [speedOf(ours, theirs)];
    });
}
