import { AXES, type CurveRequest, curveOf } from '../runs/curve.ts';
import type { Run } from '../runs/run.ts';
import { seedBand } from '../runs/seed-band.ts';
import { type Answer, jsonText } from './answer.ts';
import type { Parameters } from './parameters.ts';

/** So many points are drawn in a second, and look like all of them. */
const MOST_POINTS = 120_000;
const MOST_POINTS_EACH = 2000;
const LEAST_POINTS_EACH = 50;
const MOST_SMOOTHING = 0.9999;
/** So many curves are kept, as JSON. */
const MOST_KEPT = 5000;

interface Kept {
  readonly versions: string;
  readonly json: string;
}

/** Answers with curves, and keeps those that have not changed since. */
export class CurveAnswers {
  private readonly kept = new Map<string, Kept>();

  answer(runs: readonly Run[], parameters: Parameters): Answer {
    const request = curveRequest(parameters, runs.length);
    const groups = parameters.flag('bands') ? groupsOf(runs) : new Map<string, Run[]>();
    const single = runs.filter(({ group }) => group === undefined || !groups.has(group));
    const curves = single.map((run) =>
      this.keep('run', run.id, [run], request, () => {
        const curve = curveOf(run, request);
        return curve && { run: run.id, ...curve };
      }),
    );
    const bands = [...groups].map(([group, members]) =>
      this.keep('group', members.map(({ id }) => id).join(), members, request, () => {
        const band = seedBand(members, request);
        return band && { group, members: members.map(({ id }) => id), ...band };
      }),
    );
    const join = (parts: readonly string[]) => `[${parts.filter((json) => json !== '').join(',')}]`;
    return jsonText(`{"curves":${join(curves)},"bands":${join(bands)}}`);
  }

  /** As JSON; empty if there is none. */
  private keep(
    kind: string,
    id: string,
    runs: readonly Run[],
    request: CurveRequest,
    make: () => object | undefined,
  ): string {
    const key = JSON.stringify([kind, id, request]);
    const versions = runs.map(({ version }) => version).join();
    const known = this.kept.get(key);
    if (known?.versions === versions) return known.json;
    const made = make();
    const json = made === undefined ? '' : JSON.stringify(made);
    this.kept.delete(key);
    this.kept.set(key, { versions, json });
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
    return json;
  }
}

/** Runs by what they share but for the seed, where there are at least two. */
function groupsOf(runs: readonly Run[]): Map<string, Run[]> {
  const groups = new Map<string, Run[]>();
  for (const run of runs) {
    if (run.group !== undefined) groups.set(run.group, [...(groups.get(run.group) ?? []), run]);
  }
  return new Map([...groups].filter(([, members]) => members.length > 1));
}

function curveRequest(parameters: Parameters, runs: number): CurveRequest {
  const share = Math.max(LEAST_POINTS_EACH, Math.floor(MOST_POINTS / Math.max(1, runs)));
  const points = parameters.number('points', MOST_POINTS_EACH, 3);
  return {
    tag: parameters.text('tag'),
    axis: parameters.oneOf('axis', AXES),
    smoothing: parameters.number('smoothing', 0, 0, MOST_SMOOTHING),
    log: parameters.flag('log'),
    from: parameters.number('from', undefined),
    to: parameters.number('to', undefined),
    points: Math.floor(Math.min(points, share, MOST_POINTS_EACH)),
  };
}
