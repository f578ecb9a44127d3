import { type Conclusion, defineBenchmark, type Participant } from '../harness/benchmark.ts';
import { oneOf, text } from '../harness/options.ts';
import { typescript } from '../harness/programs.ts';
import type { MeasuredRow } from '../harness/row.ts';

const HELPERS = ['progress', 'metrics', 'scheduler', 'logging', 'averaging'] as const;
const BARE = 'bare loop';
const ALL = 'all of them';
const STEP = 'a ResNet-18 step, 32², batch 128';

export default defineBenchmark({
  summary: 'what progress, metrics, scheduler, logging and averaging add to a loop',
  options: { mode: oneOf('compiled', 'eager', 'autocast'), folder: text('FOLDER') },
  cases: ({ mode, folder = 'runs/bench', seconds }) => {
    const loop = (name: string, helpers: string): Participant => ({
      name,
      side: 'ours',
      program: typescript('overhead.ts', { with: helpers, folder, seconds }),
    });
    return [
      {
        title:
          'A step of a loop that computes nothing, with helpers; the average is updated once in 390 steps',
        participants: [
          loop(BARE, 'nothing'),
          ...HELPERS.map((helper) => loop(`with ${helper}`, helper)),
          loop(ALL, 'all'),
          { name: STEP, side: 'ours', program: typescript('step.ts', { mode, seconds }) },
        ],
        conclude: addedTimes,
      },
    ];
  },
});

/** What every helper adds to a step, and what share of a real step that is. */
function addedTimes(rows: readonly MeasuredRow[]): Conclusion[] {
  const bare = rows.find(({ name }) => name === BARE);
  const step = rows.find(({ name }) => name === STEP);
  if (bare === undefined) return [];
  return rows
    .filter((row) => row !== bare && row !== step)
    .flatMap(({ name, medianMs }): Conclusion[] => {
      const added = medianMs - bare.medianMs;
      const share = step === undefined ? [] : [(100 * added) / step.medianMs];
      return [
        { what: `${name}: added to a step`, value: added, unit: 'ms' },
        ...share.map((value): Conclusion => ({ what: `${name}: share of ${STEP}`, value, unit: '%' })),
      ];
    });
}
