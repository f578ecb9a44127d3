import { type Checker, checker, show } from '@loopwright/core';
import type { BarsPanel, CurveSeries, CurveStyle, CurvesPanel, Panel, PlotOptions } from './plot-options.ts';

const check = checker('plot', 'renderCurves');

/** Refuses what cannot be drawn, by the name of the panel's or series' argument. */
export function checkPlot(options: PlotOptions): void {
  const known = ['title', 'panels', 'columns', 'width', 'height', 'id'] as const;
  const { title, panels, columns, width, height, id } = check.options(options, known);
  checkText('title', title);
  if (!Array.isArray(panels) || panels.length === 0) {
    check.fail(`panels must be a list of at least one panel, got ${show(panels)}`);
  }
  if (columns !== undefined) check.positiveInteger('columns', columns);
  if (width !== undefined) check.number('width', width, { min: 160 });
  if (height !== undefined) check.number('height', height, { min: 120 });
  if (id !== undefined && !/^[a-z][\w-]*$/i.test(check.string('id', id))) {
    check.fail(`id must be a letter, and then letters, digits, - or _, got ${show(id)}`);
  }
  for (const [index, panel] of panels.entries()) checkPanel(`panels[${index}]`, panel);
}

function checkPanel(at: string, panel: Panel): void {
  if (typeof panel !== 'object' || panel === null) check.fail(`${at} must be an object, got ${show(panel)}`);
  const kind = check.oneOf(`${at}.kind`, panel.kind ?? 'curves', ['curves', 'bars']);
  for (const key of ['title', 'xLabel', 'yLabel'] as const) checkText(`${at}.${key}`, panel[key]);
  if (kind === 'bars') checkBars(at, panel as BarsPanel);
  else checkCurves(at, panel as CurvesPanel);
}

function checkCurves(at: string, panel: CurvesPanel): void {
  const { yScale = 'linear', series } = inside(at).options(panel, [
    'kind',
    'title',
    'xLabel',
    'yLabel',
    'yScale',
    'series',
  ]);
  check.oneOf(`${at}.yScale`, yScale, ['linear', 'log']);
  if (!Array.isArray(series) || series.length === 0) {
    check.fail(`${at}.series must be a list of at least one series, got ${show(series)}`);
  }
  const names = new Set<string>();
  for (const [index, one] of series.entries()) {
    checkSeries(`${at}.series[${index}]`, one);
    if (names.has(one.name)) check.fail(`${at} has two series named ${show(one.name)}`);
    names.add(one.name);
  }
}

function checkSeries(at: string, series: CurveSeries): void {
  const { name, x, y, band, style } = inside(at).options(series, ['name', 'x', 'y', 'band', 'style']);
  check.string(`${at}.name`, name);
  const whose = `series ${show(name)}`;
  const length = checkNumbers(`x of ${whose}`, x);
  if (length === 0) check.fail(`${whose} is empty`);
  checkLength(`y of ${whose}`, y, length);
  if (band !== undefined) {
    const { low, high } = inside(`band of ${whose}`).options(band, ['low', 'high']);
    checkLength(`band.low of ${whose}`, low, length);
    checkLength(`band.high of ${whose}`, high, length);
  }
  checkStyle(whose, style);
}

function checkStyle(whose: string, style: CurveStyle | undefined): void {
  const { color, line, width } = inside(`style of ${whose}`).options(style, ['color', 'line', 'width']);
  if (color !== undefined && !(typeof color === 'string' && /^(#[0-9a-f]{3,8}|[a-z]+)$/i.test(color))) {
    check.fail(`style.color of ${whose} must be a colour name or #rrggbb, got ${show(color)}`);
  }
  if (line !== undefined) check.oneOf(`style.line of ${whose}`, line, ['solid', 'dashed', 'dotted']);
  if (width !== undefined) check.number(`style.width of ${whose}`, width, { above: 0 });
}

function checkBars(at: string, panel: BarsPanel): void {
  const { labels, means, stds, yMin } = inside(at).options(panel, [
    'kind',
    'title',
    'xLabel',
    'yLabel',
    'yMin',
    'labels',
    'means',
    'stds',
  ]);
  if (!Array.isArray(labels) || labels.length === 0) {
    check.fail(`${at}.labels must be a list of at least one label, got ${show(labels)}`);
  }
  for (const [index, label] of labels.entries()) check.string(`${at}.labels[${index}]`, label);
  checkLength(`${at}.means`, means, labels.length);
  if (stds !== undefined) checkLength(`${at}.stds`, stds, labels.length);
  if (yMin !== undefined) check.number(`${at}.yMin`, yMin);
}

/** A checker whose message about unknown options says where they stand. */
function inside(at: string): Checker {
  return checker('plot', `renderCurves: ${at}`);
}

function checkText(at: string, text: unknown): void {
  if (text !== undefined && typeof text !== 'string') check.fail(`${at} must be a string, got ${show(text)}`);
}

function checkLength(what: string, values: ArrayLike<number>, expected: number): void {
  const length = checkNumbers(what, values);
  if (length !== expected) check.fail(`${what} must have ${expected} values, got ${length}`);
}

function checkNumbers(what: string, values: ArrayLike<number>): number {
  const isList = Array.isArray(values) || (ArrayBuffer.isView(values) && !(values instanceof DataView));
  if (!isList) check.fail(`${what} must be a list of numbers, got ${show(values)}`);
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] !== 'number')
      check.fail(`${what} must hold numbers, got ${show(values[i])} at ${i}`);
  }
  return values.length;
}
