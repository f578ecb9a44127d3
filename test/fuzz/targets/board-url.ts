import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunFolder } from '../../../packages/board/src/runs/run-folder.ts';
import { Query } from '../../../packages/board/src/server/query.ts';
import { Refusal } from '../../../packages/board/src/server/refusal.ts';
import { type Route, routes } from '../../../packages/board/src/server/routes.ts';
import { sandbox } from '../sandbox.ts';
import { bytesOf, type Target } from '../target.ts';

const PATHS = ['curves', 'table', 'checkpoints', 'studies', 'images', 'histograms', 'texts', 'runs'];
let folder: RunFolder | undefined;
let answers: ReadonlyMap<string, Route> | undefined;

/** Addresses that a board is asked for; the answer to a bad one is a refusal, and never an error of the program's. */
export const boardUrl: Target = {
  name: 'board-url',
  async seeds() {
    const [run] = (await open()).runs;
    const id = run?.id ?? '';
    return [
      ...PATHS.map((path) => `/api/${path}?runs=${id}`),
      `/api/curves?runs=${id}&tags=loss&x=step&smoothing=0.6&points=100&from=0&to=10&smooth=0.5&tag=loss&group=1`,
      `/api/image?run=${id}&tag=a&position=0&index=0`,
      `/api/histogram?run=${id}&tag=a`,
      `/api/card?run=${id}`,
    ].map(bytesOf);
  },
  dictionary: [
    '&',
    '=',
    '?',
    ',',
    '%',
    '%00',
    '%2e%2e/',
    '/api/',
    'runs=',
    'tag=loss',
    'x=time',
    'x=epoch',
    'NaN',
    '1e999',
    '-1',
    '&&&&',
    ...PATHS,
  ],
  async parse(bytes) {
    await open();
    // What Node lets through: one character a byte.
    const [path = '', query = ''] = Buffer.from(bytes)
      .toString('latin1')
      .split(/\?(.*)/s, 2);
    const route = answers?.get(path);
    if (route === undefined) return undefined;
    const { type, body } = await route(new Query(query));
    return { type, answer: typeof body === 'string' ? JSON.parse(body) : body };
  },
  isRefusal: (error) => error instanceof Refusal,
};

async function open(): Promise<RunFolder> {
  if (folder !== undefined) return folder;
  const root = sandbox();
  mkdirSync(join(root, 'run/sub'), { recursive: true });
  writeFileSync(join(root, 'run/metrics.jsonl'), '{"step":1,"loss":0.5}\n{"step":2,"loss":0.25}\n');
  writeFileSync(join(root, 'run/sub/metrics.csv'), 'step,epoch,loss\n1,0,0.5\n2,1,0.25\n');
  writeFileSync(join(root, 'run/run.json'), '{"version":1,"starts":[{"options":{"lr":1}}]}');
  folder = new RunFolder(root);
  await folder.refresh();
  answers = routes(folder);
  return folder;
}
