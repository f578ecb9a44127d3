import type { Curve, CurvesAnswer } from '../server/answers.ts';
import { ask } from './api.ts';
import type { RunGroup } from './board.ts';

/** A curve as it is drawn: of a run, or the mean over several with its band. */
export interface Line extends Curve {
  readonly name: string;
  /** Where its first run was found, which gives the colour. */
  readonly order: number;
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
  /** Over how many runs the mean goes, at each point. */
  readonly runs?: readonly number[];
}

/** What is asked for, but for the runs. */
export interface CurveQuery {
  readonly tag: string;
  readonly axis: string;
  readonly smoothing: number;
  readonly log: boolean;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly bands: boolean;
  readonly points: number;
}

interface Known {
  readonly versions: string;
  readonly line: Line | undefined;
}

/** The curves of one metric, fetched again only for runs that have changed. */
export class CurveData {
  private query = '';
  private known = new Map<string, Known>();

  /** Fetches what has changed of these groups. @returns whether there is something new to draw */
  async load(groups: readonly RunGroup[], query: CurveQuery, signal: AbortSignal): Promise<boolean> {
    const asked = JSON.stringify(query);
    const isOther = asked !== this.query;
    const stale = groups.filter(
      (group) => isOther || this.known.get(group.name)?.versions !== versionsOf(group),
    );
    if (stale.length === 0) return false;
    const runs = stale.flatMap((group) => group.runs.map(({ id }) => id));
    const answer = await ask('curves', { ...query, runs }, signal);
    if (isOther) this.known = new Map();
    this.query = asked;
    for (const group of stale)
      this.known.set(group.name, { versions: versionsOf(group), line: lineOf(group, answer) });
    return true;
  }

  /** The curves of these groups, as far as they are there. */
  lines(groups: readonly RunGroup[]): Line[] {
    return groups.flatMap(({ name }) => this.known.get(name)?.line ?? []);
  }
}

function versionsOf({ runs }: RunGroup): string {
  return runs.map(({ id, version }) => `${id} ${version}`).join();
}

function lineOf({ name, runs }: RunGroup, { curves, bands }: CurvesAnswer): Line | undefined {
  const [first] = runs;
  if (first === undefined) return undefined;
  const { order } = first;
  const band = bands.find(({ group }) => group === first.group);
  if (runs.length > 1 && band !== undefined) return { ...band, name, order };
  const curve = curves.find(({ run }) => run === first.id);
  return curve && { ...curve, name, order };
}
