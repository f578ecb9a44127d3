import { AXES, type CurveRequest, curveOf } from '../runs/curve.ts';
import type { Run } from '../runs/run.ts';
import { seedBand } from '../runs/seed-band.ts';
import type { CurvesAnswer } from './answers.ts';
import type { Query } from './query.ts';

/** So many points are drawn in a second, and look like all of them. */
const MOST_POINTS = 120_000;
const MOST_POINTS_EACH = 2000;
const LEAST_POINTS_EACH = 50;
const MOST_SMOOTHING = 0.9999;
/** Curves of runs, and bands over those that differ in their seed alone if the query says so. */
export function curvesAnswer(runs: readonly Run[], query: Query): CurvesAnswer {
  const request = curveRequest(query, runs.length);
  const groups = query.flag('bands') ? groupsOf(runs) : new Map<string, Run[]>();
  const single = runs.filter(({ group }) => group === undefined || !groups.has(group));
  return {
    curves: single.flatMap((run) => {
      const curve = curveOf(run, request);
      return curve === undefined ? [] : [{ run: run.id, ...curve }];
    }),
    bands: [...groups].flatMap(([group, members]) => {
      const band = seedBand(members, request);
      return band === undefined ? [] : [{ group, members: members.map(({ id }) => id), ...band }];
    }),
  };
}

/** Runs by what they share but for the seed, where there are at least two. */
function groupsOf(runs: readonly Run[]): Map<string, Run[]> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    if (run.group !== undefined) groups.set(run.group, [...(groups.get(run.group) ?? []), run]);
  }
  return new Map([...groups].filter(([, members]) => members.length > 1));
}

function curveRequest(query: Query, runs: number): CurveRequest {
  const share = Math.max(LEAST_POINTS_EACH, Math.floor(MOST_POINTS / Math.max(1, runs)));
  const points = query.number('points', MOST_POINTS_EACH, 3);
  return {
    tag: query.text('tag'),
    axis: query.oneOf('axis', AXES),
    smoothing: query.number('smoothing', 0, 0, MOST_SMOOTHING),
    log: query.flag('log'),
    from: query.number('from', undefined),
    to: query.number('to', undefined),
    points: Math.floor(Math.min(points, share, MOST_POINTS_EACH)),
  };
}
