import type { CurveSeries, CurveStyle, CurvesPanel } from '@loopwright/plot';
import { type Axis, curveOf } from '../runs/curve.ts';
import type { Curve } from '../runs/curve-types.ts';
import type { Run } from '../runs/run.ts';
import { seedBand } from '../runs/seed-band.ts';
import { tagGroups } from '../view/tag-groups.ts';
import { cutText } from './html.ts';
import { shownTags } from './shown-tags.ts';
import { firstOf, type ReportSource } from './source.ts';
import { type Split, splitOfTag } from './split.ts';
import type { Subject } from './subjects.ts';

/** Panels that belong together. */
export interface PanelGroup {
  readonly name: string;
  readonly panels: readonly ReportPanel[];
}

export interface ReportPanel {
  readonly panel: CurvesPanel;
  /** What the picture does not say of itself. */
  readonly note: string | undefined;
}

const MOST_PANELS = 60;
const MOST_SERIES = 14;
const MOST_POINTS = 400;
const LONGEST_NAME = 80;

/** Curves of more values than this are too noisy to be seen as they were logged. */
const SMOOTHED_FROM = 500;
const SMOOTHING = 0.9;

/** Values that span more than this are drawn on a logarithmic axis. */
const LARGE_SPAN = 100;

const SUMMARY = '_epoch';

/** The palette of M. Okabe and K. Ito, which colour-blind readers can tell apart. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#555555'];
const LINES = ['solid', 'dashed', 'dotted'] as const;
const LINE_OF: Readonly<Record<Split, CurveStyle['line'] & string>> = {
  train: 'dashed',
  validation: 'solid',
  test: 'dotted',
};

/** One line to be drawn: a tag of a subject. */
interface Line {
  readonly subject: Subject;
  readonly tag: string;
  readonly split: Split | undefined;
  /** Whether it is the mean over an epoch of what has a curve of steps, too. */
  readonly isSummary: boolean;
}

/** The curves of all subjects: one panel a metric, whatever it was measured on. */
export function curvePanels(source: ReportSource): PanelGroup[] {
  const lines = linesByMetric(source.subjects);
  const metrics = firstOf(source, [...lines.keys()], MOST_PANELS, 'metrics have no picture');
  const isAlone = new Set(source.subjects.map(({ name }) => name)).size === 1;
  return tagGroups(metrics).flatMap(({ name, tags }) => {
    const panels = tags.flatMap((metric) => {
      const shown = firstOf(source, lines.get(metric) ?? [], MOST_SERIES, `curves of ${metric}`);
      return panelOf(metric, shown, isAlone) ?? [];
    });
    return panels.length === 0 ? [] : [{ name, panels }];
  });
}

function linesByMetric(subjects: readonly Subject[]): Map<string, Line[]> {
  const lines = new Map<string, Line[]>();
  for (const subject of subjects) {
    for (const tag of new Set(subject.runs.flatMap(shownTags))) {
      const isSummary = tag.endsWith(SUMMARY) && tag.length > SUMMARY.length;
      const { name, split = subject.split } = splitOfTag(isSummary ? tag.slice(0, -SUMMARY.length) : tag);
      lines.set(name, [...(lines.get(name) ?? []), { subject, tag, split, isSummary }]);
    }
  }
  return lines;
}

function panelOf(metric: string, lines: readonly Line[], isAlone: boolean): ReportPanel | undefined {
  const axis = lines.every((line) => hasEpochs(line)) ? 'epoch' : 'step';
  const names = new Set<string>();
  const notes = new Set<string>();
  const series = lines.flatMap((line, index): CurveSeries[] => {
    const drawn = drawnCurve(line, axis, notes);
    if (drawn === undefined) return [];
    const style = isAlone ? styleAlone(line, lines) : styleAmongOthers(line);
    return [{ name: uniqueName(nameOf(line, isAlone), names, index), ...drawn, style }];
  });
  if (series.length === 0) return undefined;
  const note = [...notes].join('; ');
  return {
    panel: {
      title: cutText(metric, LONGEST_NAME),
      xLabel: xLabel(lines, axis),
      yScale: scaleOf(metric, series),
      series,
    },
    note: note === '' ? undefined : note,
  };
}

function drawnCurve(
  { subject, tag }: Line,
  axis: Axis,
  notes: Set<string>,
): Omit<CurveSeries, 'name'> | undefined {
  const smoothing = longest(subject.runs, tag) > SMOOTHED_FROM ? SMOOTHING : 0;
  const request = { tag, axis, smoothing, points: MOST_POINTS };
  const [first] = subject.runs;
  if (first === undefined) return undefined;
  const band = subject.runs.length > 1 ? seedBand(subject.runs, request) : undefined;
  const curve: Curve | undefined = band ?? curveOf(first, request);
  if (curve === undefined || curve.x.length === 0) return undefined;
  if (smoothing > 0) notes.add(`long curves are smoothed with weight ${smoothing}, as TensorBoard does`);
  if (band !== undefined) notes.add('mean ± standard deviation over seeds');
  if (curve.notFinite > 0)
    notes.add(band === undefined ? 'gaps where values are not finite' : 'without values that are not finite');
  return {
    x: curve.x,
    y: curve.y.map(orNaN),
    ...(band !== undefined && { band: { low: band.low.map(orNaN), high: band.high.map(orNaN) } }),
  };
}

function longest(runs: readonly Run[], tag: string): number {
  return Math.max(...runs.map((run) => run.metric(tag)?.series.length ?? 0));
}

function hasEpochs({ subject, tag }: Line): boolean {
  return subject.runs.every((run) => {
    const metric = run.metric(tag);
    return metric === undefined || metric.unit === 'epoch' || metric.epochs?.isSet === true;
  });
}

function xLabel(lines: readonly Line[], axis: Axis): string {
  if (axis === 'epoch') return 'epoch';
  const units = lines.map(({ subject, tag }) => subject.runs.map((run) => run.metric(tag)?.unit));
  return units.flat().includes('step') ? 'step' : 'record';
}

/** What is told apart in the legend. */
function nameOf({ subject, tag, split, isSummary }: Line, isAlone: boolean): string {
  const parts = [...(isAlone ? [] : [subject.name]), ...(split === undefined ? [] : [split])];
  const name = cutText((parts.length === 0 ? tag : parts.join(' ')) || 'without a name', LONGEST_NAME);
  return isSummary ? `${name} (mean of epoch)` : name;
}

function uniqueName(name: string, names: Set<string>, index: number): string {
  const unique = names.has(name) ? `${name} (${index + 1})` : name;
  names.add(unique);
  return unique;
}

/** Of a run alone: a colour for what it was measured on. */
function styleAlone({ split, isSummary }: Line, lines: readonly Line[]): CurveStyle {
  const hasTrain = lines.some((line) => line.split === 'train');
  const place = split === undefined ? (hasTrain ? 3 : 0) : ['train', 'validation', 'test'].indexOf(split);
  return { color: COLOURS[place] as string, width: widthOf(isSummary) };
}

/** A colour a run, and a kind of line for what it was measured on. */
function styleAmongOthers({ subject, split, isSummary }: Line): CurveStyle {
  const round = Math.floor(subject.order / COLOURS.length) % LINES.length;
  return {
    color: COLOURS[subject.order % COLOURS.length] as string,
    line: (split === undefined ? LINES[round] : LINE_OF[split]) ?? 'solid',
    width: widthOf(isSummary),
  };
}

function widthOf(isSummary: boolean): number {
  return isSummary ? 3 : 1.75;
}

/** Learning rates keep their shape; of losses that fall far, the end is seen only on a logarithmic axis. */
function scaleOf(metric: string, series: readonly CurveSeries[]): 'linear' | 'log' {
  const values = series.flatMap(({ y }) => Array.from(y).filter(Number.isFinite));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return /loss|error|perplexity/i.test(metric) && low > 0 && high > LARGE_SPAN * low ? 'log' : 'linear';
}

function orNaN(value: number | null): number {
  return value ?? Number.NaN;
}
