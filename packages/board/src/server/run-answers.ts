import { basename } from 'node:path';
import { histogramGrid } from '../runs/histogram-grid.ts';
import { imageType } from '../runs/image-type.ts';
import { metricValues } from '../runs/metric-values.ts';
import type { Records } from '../runs/records.ts';
import type { Run } from '../runs/run.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import type { Samples } from '../runs/samples.ts';
import { type Answer, jsonAnswer } from './answer.ts';
import type {
  CardAnswer,
  CheckpointsAnswer,
  HistogramAnswer,
  HistogramsAnswer,
  ImagesAnswer,
  RunEntry,
  RunsAnswer,
  StudiesAnswer,
  TableAnswer,
  TextsAnswer,
} from './answers.ts';
import { figure } from './figure.ts';
import { Refusal } from './refusal.ts';

const MOST_RUNS = 1000;
const MOST_ENTRIES = 400;
const MOST_COLUMNS = 200;
const MOST_CHECKPOINTS = 2000;
const MOST_CARD_CHARACTERS = 500_000;
const MOST_TEXT_CHARACTERS = 1_000_000;

/** All runs, in the order of their names. */
export function runsAnswer(folder: RunFolder): RunsAnswer {
  const all = folder.runs;
  const runs = all.slice(0, MOST_RUNS);
  const positions = new Map<string, number>();
  for (const tag of runs.flatMap((run) => run.tags))
    if (!positions.has(tag)) positions.set(tag, positions.size);
  const reading = folder.progress;
  return {
    folder: basename(folder.root),
    version: folder.version,
    tags: [...positions.keys()],
    runs: runs.map((run) => runEntry(run, positions)),
    omitted: all.length - runs.length,
    studies: folder.studies.length,
    ...(reading !== undefined && { reading }),
  };
}

function runEntry(run: Run, positions: ReadonlyMap<string, number>): RunEntry {
  return {
    id: run.id,
    name: run.name,
    order: run.order,
    version: run.version,
    ...(run.group !== undefined && { group: run.group }),
    tags: run.tags.map((tag) => positions.get(tag) as number),
    images: sum(run.records.map(({ images }) => images.size)),
    histograms: sum(run.records.map(({ histograms }) => histograms.size)),
    texts: sum(run.records.map(({ texts }) => texts.size)),
    checkpoints: run.checkpoints.length,
    modified: run.modifiedMs,
    problems: run.problems,
  };
}

/** Hyper-parameters and metrics. */
export function tableAnswer(runs: readonly Run[]): TableAnswer {
  const settings = runs.map((run) => run.settings);
  const allNames = [...new Set(settings.flatMap((each) => [...each.keys()]))];
  const allMetrics = [...new Set(runs.flatMap((run) => run.tags))];
  const [names, metrics] = [allNames.slice(0, MOST_COLUMNS), allMetrics.slice(0, MOST_COLUMNS)];
  return {
    settings: names,
    metrics,
    omitted: allNames.length - names.length + allMetrics.length - metrics.length,
    rows: runs.map((run, index) => ({
      run: run.id,
      settings: names.map((name) => settings[index]?.get(name) ?? null),
      metrics: metrics.map((tag) => {
        const series = run.metric(tag)?.series;
        if (series === undefined) return null;
        const { last, min, max } = metricValues(series);
        return { last: figure(last), min: figure(min), max: figure(max) };
      }),
    })),
  };
}

export function checkpointsAnswer(runs: readonly Run[]): CheckpointsAnswer {
  const checkpoints = runs.flatMap((run) =>
    run.checkpoints.map((checkpoint) => ({
      run: run.id,
      name: checkpoint.name,
      unit: checkpoint.unit,
      count: figure(checkpoint.count),
      created: checkpoint.created,
      bytes: figure(checkpoint.bytes),
      metrics: figures(checkpoint.metrics),
    })),
  );
  return {
    checkpoints: checkpoints.slice(0, MOST_CHECKPOINTS),
    omitted: Math.max(0, checkpoints.length - MOST_CHECKPOINTS),
  };
}

export function studiesAnswer(folder: RunFolder): StudiesAnswer {
  return {
    studies: folder.studies.map(({ name, settings, runs, failed, summary }) => ({
      name,
      settings: JSON.stringify(settings),
      runs: runs.map(({ seed, values }) => ({ seed, values: figures(values) })),
      failed: failed.map(({ seed, error }) => ({ seed, error })),
      summary: Object.fromEntries(
        Object.entries(summary).map(([metric, { n, mean, std }]) => [
          metric,
          { n, mean: figure(mean), std: figure(std) },
        ]),
      ),
    })),
  };
}

export function imagesAnswer(runs: readonly Run[]): ImagesAnswer {
  const images = listOf(
    runs,
    ({ images }) => images,
    (samples) => ({
      samples: samples.all.map(({ position, item }) => ({ position, count: item.length })),
    }),
  );
  return { images: images.slice(0, MOST_ENTRIES), omitted: Math.max(0, images.length - MOST_ENTRIES) };
}

/** One image as it was logged, if it is of a kind that a browser only draws. */
export function imageAnswer(run: Run, tag: string, position: number, index: number): Answer {
  const samples = find(run, tag, ({ images }) => images);
  const bytes = samples.all.find((sample) => sample.position === position)?.item[index];
  const type = bytes && imageType(bytes);
  if (bytes === undefined || type === undefined) throw new Refusal(404, 'There is no such image.');
  return { type, body: bytes };
}

export function histogramsAnswer(runs: readonly Run[]): HistogramsAnswer {
  const histograms = listOf(
    runs,
    ({ histograms }) => histograms,
    () => ({}),
  );
  return {
    histograms: histograms.slice(0, MOST_ENTRIES),
    omitted: Math.max(0, histograms.length - MOST_ENTRIES),
  };
}

export function histogramAnswer(run: Run, tag: string): HistogramAnswer {
  return histogramGrid(find(run, tag, ({ histograms }) => histograms).all);
}

export function textsAnswer(runs: readonly Run[]): TextsAnswer {
  const all = listOf(
    runs,
    ({ texts }) => texts,
    (samples) => ({
      samples: samples.all.map(({ position, item }) => ({ position, text: item })),
    }),
  );
  let characters = 0;
  const texts = all.slice(0, MOST_ENTRIES).filter(({ samples }) => {
    characters += sum(samples.map(({ text }) => text.length));
    return characters <= MOST_TEXT_CHARACTERS;
  });
  return { texts, omitted: all.length - texts.length };
}

export function cardAnswer(run: Run): Answer {
  const answer = jsonAnswer({ card: run.cardContent ?? null } satisfies CardAnswer);
  if (answer.body.length > MOST_CARD_CHARACTERS)
    throw new Refusal(413, "The run's card is too large to be shown.");
  return answer;
}

/** What runs have under each name, with what is to be told of it. */
function listOf<T, E extends object>(
  runs: readonly Run[],
  select: (records: Records) => ReadonlyMap<string, Samples<T>>,
  tell: (samples: Samples<T>) => E,
): (E & { readonly run: string; readonly tag: string })[] {
  return runs.flatMap((run) =>
    run.records.flatMap((records) =>
      [...select(records)].map(([tag, samples]) => ({ run: run.id, tag, ...tell(samples) })),
    ),
  );
}

function find<T>(
  run: Run,
  tag: string,
  select: (records: Records) => ReadonlyMap<string, Samples<T>>,
): Samples<T> {
  for (const records of run.records) {
    const samples = select(records).get(tag);
    if (samples !== undefined) return samples;
  }
  throw new Refusal(404, 'The run has nothing of that name.');
}

function figures(values: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, figure(value)]));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
