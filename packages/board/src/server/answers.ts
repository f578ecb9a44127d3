/** What the server's addresses answer: the only thing that the page knows of it. Types alone. */
import type { Band, Curve } from '../runs/curve-types.ts';

export type { Band, Curve };

/** A number as JSON; those for which it has no notation are text, and null stands for none. */
export type Figure = number | 'NaN' | 'Infinity' | '-Infinity' | null;

/** `/api/runs` */
export interface RunsAnswer {
  /** As the user gave it. */
  readonly folder: string;
  /** Changes with every change of anything that is listed, studies among it. */
  readonly version: number;
  /** Names of all metrics. */
  readonly tags: readonly string[];
  readonly runs: readonly RunEntry[];
  /** Runs beyond the most that are listed. */
  readonly omitted: number;
  readonly studies: number;
  /** While runs are being read for the first time: how many of them are done. */
  readonly reading?: { readonly done: number; readonly total: number };
}

export interface RunEntry {
  readonly id: string;
  readonly name: string;
  /** Where it was found first: colours are handed out in this order. */
  readonly order: number;
  /** Changes whenever anything of the run has. */
  readonly version: number;
  /** The name that it shares with runs of other seeds. */
  readonly group?: string;
  /** Its metrics, as positions in {@link RunsAnswer.tags}. */
  readonly tags: readonly number[];
  readonly images: number;
  readonly histograms: number;
  readonly texts: number;
  readonly checkpoints: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  /** What could not be read. */
  readonly problems: readonly string[];
}

/** `/api/curves` */
export interface CurvesAnswer {
  readonly curves: readonly RunCurve[];
  readonly bands: readonly GroupBand[];
}

export interface RunCurve extends Curve {
  readonly run: string;
}

export interface GroupBand extends Band {
  readonly group: string;
  /** Ids of the runs. */
  readonly members: readonly string[];
}

/** `/api/table` */
export interface TableAnswer {
  /** Names of columns. */
  readonly settings: readonly string[];
  readonly metrics: readonly string[];
  readonly rows: readonly TableRow[];
  /** Columns beyond the most that are shown. */
  readonly omitted: number;
}

export interface TableRow {
  readonly run: string;
  /** In the order of the columns. */
  readonly settings: readonly (string | number | boolean | null)[];
  readonly metrics: readonly (MetricFigures | null)[];
}

export interface MetricFigures {
  readonly last: Figure;
  readonly min: Figure;
  readonly max: Figure;
}

/** `/api/checkpoints` */
export interface CheckpointsAnswer {
  readonly checkpoints: readonly CheckpointEntry[];
  readonly omitted: number;
}

export interface CheckpointEntry {
  readonly run: string;
  readonly name: string;
  readonly unit: string;
  readonly count: Figure;
  readonly created: string;
  readonly bytes: Figure;
  readonly metrics: Readonly<Record<string, Figure>>;
}

/** `/api/studies` */
export interface StudiesAnswer {
  readonly studies: readonly StudyEntry[];
}

export interface StudyEntry {
  readonly name: string;
  /** JSON. */
  readonly settings: string;
  readonly runs: readonly { readonly seed: number; readonly values: Readonly<Record<string, Figure>> }[];
  readonly failed: readonly { readonly seed: number; readonly error: string }[];
  readonly summary: Readonly<
    Record<string, { readonly n: number; readonly mean: Figure; readonly std: Figure }>
  >;
}

/** `/api/images` */
export interface ImagesAnswer {
  readonly images: readonly ImageEntry[];
  /** Entries beyond the most that are listed. */
  readonly omitted: number;
}

export interface ImageEntry {
  readonly run: string;
  readonly tag: string;
  /** What is kept, by position: so many images each. */
  readonly samples: readonly { readonly position: number; readonly count: number }[];
}

/** `/api/histograms` */
export interface HistogramsAnswer {
  readonly histograms: readonly { readonly run: string; readonly tag: string }[];
  readonly omitted: number;
}

/** `/api/histogram` */
export interface HistogramAnswer {
  readonly min: number;
  readonly max: number;
  readonly rows: readonly { readonly position: number; readonly counts: readonly number[] }[];
}

/** `/api/texts` */
export interface TextsAnswer {
  readonly texts: readonly TextEntry[];
  readonly omitted: number;
}

export interface TextEntry {
  readonly run: string;
  readonly tag: string;
  readonly samples: readonly { readonly position: number; readonly text: string }[];
}

/** `/api/card` */
export interface CardAnswer {
  /** The content of the run's card; null if it has none. */
  readonly card: unknown;
}
