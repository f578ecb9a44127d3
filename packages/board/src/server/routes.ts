import type { Run } from '../runs/run.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import { curvesAnswer } from './curve-answers.ts';
import type { Query } from './query.ts';
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

export type Route = (query: Query) => Answer | Promise<Answer>;

/** What is answered under each address. All of it only reads. */
export function routes(folder: RunFolder): ReadonlyMap<string, Route> {
  const refresh = refresher(folder);
  const runsOf = (query: Query) => {
    const ids = new Set(query.list('runs'));
    return folder.runs.filter(({ id }) => ids.has(id));
  };
  const runOf = (query: Query): Run => folder.run(query.text('run')) ?? notFound('There is no such run.');
  return new Map<string, Route>([
    [
      '/api/runs',
      async () => {
        await refresh();
        const { done, total } = folder.progress ?? { done: 0, total: 0 };
        return jsonAnswer(runsAnswer(folder), `${folder.version}-${done}-${total}`);
      },
    ],
    ['/api/curves', (query) => jsonAnswer(curvesAnswer(runsOf(query), query))],
    ['/api/table', (query) => jsonAnswer(tableAnswer(runsOf(query)))],
    ['/api/checkpoints', (query) => jsonAnswer(checkpointsAnswer(runsOf(query)))],
    ['/api/studies', () => jsonAnswer(studiesAnswer(folder))],
    ['/api/images', (query) => jsonAnswer(imagesAnswer(runsOf(query)))],
    [
      '/api/image',
      (query) => {
        const [position, index] = [query.number('position', 0), query.number('index', 0)];
        return imageAnswer(runOf(query), query.text('tag'), position, index);
      },
    ],
    ['/api/histograms', (query) => jsonAnswer(histogramsAnswer(runsOf(query)))],
    ['/api/histogram', (query) => jsonAnswer(histogramAnswer(runOf(query), query.text('tag')))],
    ['/api/texts', (query) => jsonAnswer(textsAnswer(runsOf(query)))],
    ['/api/card', (query) => cardAnswer(runOf(query))],
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
