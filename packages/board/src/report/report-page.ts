import { checkpointsSection } from './checkpoints-section.ts';
import { configurationSection } from './configuration-section.ts';
import { curvesSection } from './curves-section.ts';
import { environmentSection } from './environment-section.ts';
import { html, Markup } from './html.ts';
import { samplesSection } from './samples-section.ts';
import type { ReportSource } from './source.ts';
import { studiesSection } from './studies-section.ts';
import { summarySection } from './summary-section.ts';

/** The parts of a report, in their order; one that has nothing to show is not there. */
const SECTIONS: readonly (readonly [title: string, make: (source: ReportSource) => Markup | undefined])[] = [
  ['Summary', summarySection],
  ['Curves', curvesSection],
  ['Repeated runs', studiesSection],
  ['Samples', samplesSection],
  ['Checkpoints', checkpointsSection],
  ['Configuration', configurationSection],
  ['Environment', environmentSection],
];

/** What stands above everything else. */
export interface ReportHead {
  readonly title: string;
  /** A line or two on what is below. */
  readonly subtitle: string;
}

/**
 * A whole page. It loads nothing and runs nothing, and the policy in its head lets it do neither, should a text of a run ever
 * become more than text.
 *
 * @param style CSS, trusted
 * @param notes what of the runs could not be read; what the sections leave out is added to it while they are made
 */
export function reportPage(
  head: ReportHead,
  source: ReportSource,
  style: string,
  notes: readonly string[],
): Markup {
  const sections = SECTIONS.flatMap(([title, make]) => {
    const body = make(source);
    return body === undefined ? [] : [html`<section>\n<h2>${title}</h2>\n${body}</section>\n`];
  });
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Loopwright">
<title>${head.title}</title>
<style>
${new Markup(style)}</style>
</head>
<body>
<main>
<header>
<h1>${head.title}</h1>
<p class="faint">${head.subtitle}</p>
</header>
${sections}${notesSection(notes)}</main>
</body>
</html>
`;
}

function notesSection(notes: readonly string[]): Markup | undefined {
  if (notes.length === 0) return undefined;
  const items = notes.map((note) => html`<li>${note}</li>\n`);
  return html`<section>\n<h2>Not shown</h2>\n<ul>\n${items}</ul>\n</section>\n`;
}
