import type { Study } from '../runs/studies.ts';
import { shortNumber } from '../view/format.ts';
import { html, type Markup } from './html.ts';
import { htmlTable } from './html-table.ts';
import { firstOf, type ReportSource } from './source.ts';
import { spreadText } from './spread-text.ts';

const MOST_STUDIES = 20;
const MOST_METRICS = 60;
const MOST_FAILURES = 20;

/** What repeated runs came to: of each ledger the mean and spread of every outcome. */
export function studiesSection(source: ReportSource): Markup | undefined {
  const studies = firstOf(source, source.studies, MOST_STUDIES, 'studies');
  return studies.length === 0 ? undefined : html`${studies.map((study) => studyPart(source, study))}`;
}

function studyPart(source: ReportSource, { name, settings, summary, runs, failed }: Study): Markup {
  const rows = firstOf(source, Object.entries(summary), MOST_METRICS, `outcomes of ${name}`).map(
    ([metric, { mean, std, ci95, n }]) => [
      metric,
      spreadText(mean, std),
      n > 1 ? `${shortNumber(ci95[0])} to ${shortNumber(ci95[1])}` : '–',
      n,
    ],
  );
  const columns = [
    { title: 'outcome' },
    { title: 'mean ± std', isNumber: true },
    { title: '95 % confidence interval', isNumber: true },
    { title: 'n', isNumber: true },
  ];
  const failures = firstOf(source, failed, MOST_FAILURES, `failures of ${name}`);
  return html`<h3>${name}</h3>
<p class="faint">Seeds ${runs.map(({ seed }) => seed).join(', ')}. Settings <code>${JSON.stringify(settings)}</code></p>
${rows.length === 0 ? undefined : htmlTable(columns, rows)}
${failures.map(({ seed, error }) => html`<p class="bad">Seed ${seed} failed: ${error}</p>\n`)}`;
}
