import { writeReport } from '@loopwright/board';
import { LoopwrightError } from '@loopwright/core';
import { readSubject, type Terminal } from '../terminal/terminal.ts';

const DEFAULT_OUTPUT = 'report.html';

/** `loopwright report`: writes what there is to see of a run to one file. */
export async function report(args: string[], { stdout, stderr }: Terminal): Promise<number> {
  const { subject: folder, options } = readSubject(args, 'the folder of the run', {
    output: { type: 'string', short: 'o' },
    title: { type: 'string' },
  });
  const { output = DEFAULT_OUTPUT, title } = options;
  try {
    const { bytes, runs, notes } = await writeReport(folder, {
      output,
      ...(title !== undefined && { title }),
    });
    stdout.write(`${output}: ${runs === 1 ? 'one run' : `${runs} runs`}, ${Math.ceil(bytes / 1000)} kB\n`);
    for (const note of notes) stderr.write(`Not shown: ${printable(note)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof LoopwrightError)) throw error;
    stderr.write(`${error.message}\n`);
    return 1;
  }
}

/** Names of runs come from anywhere, and must not move the cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
