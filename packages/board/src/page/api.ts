import type {
  CardAnswer,
  CheckpointsAnswer,
  CurvesAnswer,
  HistogramAnswer,
  HistogramsAnswer,
  ImagesAnswer,
  RunsAnswer,
  StudiesAnswer,
  TableAnswer,
  TextsAnswer,
} from '../server/answers.ts';

interface Answers {
  readonly curves: CurvesAnswer;
  readonly table: TableAnswer;
  readonly checkpoints: CheckpointsAnswer;
  readonly studies: StudiesAnswer;
  readonly images: ImagesAnswer;
  readonly histograms: HistogramsAnswer;
  readonly histogram: HistogramAnswer;
  readonly texts: TextsAnswer;
  readonly card: CardAnswer;
}

type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** Asks the server. */
export async function ask<K extends keyof Answers>(
  what: K,
  query: Query,
  signal?: AbortSignal,
): Promise<Answers[K]> {
  const response = await fetch(address(what, query), { cache: 'no-store', ...(signal && { signal }) });
  if (!response.ok) throw new Error((await response.text()).trim());
  return (await response.json()) as Answers[K];
}

/** The address of an answer. */
export function address(what: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    parameters.set(name, typeof value === 'boolean' ? String(Number(value)) : String(value));
  }
  return `/api/${what}?${parameters}`;
}

let known: { readonly tag: string; readonly answer: RunsAnswer } | undefined;

/** All runs, and whether they are other ones than those of the last time. */
export async function askRuns(): Promise<{ readonly answer: RunsAnswer; readonly changed: boolean }> {
  const headers: Record<string, string> = known === undefined ? {} : { 'If-None-Match': known.tag };
  const response = await fetch('/api/runs', { cache: 'no-store', headers });
  if (response.status === 304 && known !== undefined) return { answer: known.answer, changed: false };
  if (!response.ok) throw new Error((await response.text()).trim());
  known = { tag: response.headers.get('ETag') ?? '', answer: (await response.json()) as RunsAnswer };
  return { answer: known.answer, changed: true };
}
