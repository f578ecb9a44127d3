import type { Run } from '../runs/run.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { CurveAnswers } from './curve-answers.ts';
import type { Parameters } from './parameters.ts';
import { Refusal } from './refusal.ts';
import {
  cardAnswer,
  checkpointsAnswer,
  histogramAnswer,
  histogramsAnswer,
  imageAnswer,
  imagesAnswer,
  runsAnswer,
  studiesAnswer,
  tableAnswer,
  textsAnswer,
} from './run-answers.ts';

/** A page does not wait longer than this for files to be read: it is told that they are being read. */
const PATIENCE_MS = 200;
/** Pages that ask more often are told what was found last. */
const LEAST_AGE_MS = 400;

export type Route = (parameters: Parameters) => Answer | Promise<Answer>;

/** What is answered under each address. All of it only reads. */
export function routes(folder: RunFolder): ReadonlyMap<string, Route> {
  const curves = new CurveAnswers();
  const refresh = refresher(folder);
  const runsOf = (parameters: Parameters) => {
    const ids = new Set(parameters.list('runs'));
    return folder.runs.filter(({ id }) => ids.has(id));
  };
  const runOf = (parameters: Parameters): Run =>
    folder.run(parameters.text('run')) ?? notFound('There is no such run.');
  return new Map<string, Route>([
    [
      '/api/runs',
      async () => {
        await refresh();
        const { done, total } = folder.progress ?? { done: 0, total: 0 };
        return jsonAnswer(runsAnswer(folder), `${folder.version}-${done}-${total}`);
      },
    ],
    ['/api/curves', (parameters) => curves.answer(runsOf(parameters), parameters)],
    ['/api/table', (parameters) => jsonAnswer(tableAnswer(runsOf(parameters)))],
    ['/api/checkpoints', (parameters) => jsonAnswer(checkpointsAnswer(runsOf(parameters)))],
    ['/api/studies', () => jsonAnswer(studiesAnswer(folder))],
    ['/api/images', (parameters) => jsonAnswer(imagesAnswer(runsOf(parameters)))],
    [
      '/api/image',
      (parameters) => {
        const [position, index] = [parameters.number('position', 0), parameters.number('index', 0)];
        return imageAnswer(runOf(parameters), parameters.text('tag'), position, index);
      },
    ],
    ['/api/histograms', (parameters) => jsonAnswer(histogramsAnswer(runsOf(parameters)))],
    [
      '/api/histogram',
      (parameters) => jsonAnswer(histogramAnswer(runOf(parameters), parameters.text('tag'))),
    ],
    ['/api/texts', (parameters) => jsonAnswer(textsAnswer(runsOf(parameters)))],
    ['/api/card', (parameters) => cardAnswer(runOf(parameters))],
  ]);
}

/** Reads what is new, at most every so often, and waits for it, but not for long. */
function refresher(folder: RunFolder): () => Promise<void> {
  let last = Number.NEGATIVE_INFINITY;
  return async () => {
    if (performance.now() - last < LEAST_AGE_MS) return;
    const reading = folder.refresh().then(() => {
      last = performance.now();
    });
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([reading, patience]).finally(() => clearTimeout(timer));
  };
}

function notFound(message: string): never {
  throw new Refusal(404, message);
}
