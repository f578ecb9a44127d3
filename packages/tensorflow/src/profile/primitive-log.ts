/** One run of a primitive of oneDNN. */
export interface PrimitiveRun {
  readonly kind: string;
  readonly implementation: string;
  readonly direction: string;
  readonly problem: string;
  readonly milliseconds: number;
}

/**
 * Whether oneDNN logs what it runs. It reads this from the environment once, before its first primitive, so it cannot
 * be switched on later.
 */
export function primitivesAreLogged(env: NodeJS.ProcessEnv = process.env): boolean {
  const setting = env.ONEDNN_VERBOSE ?? env.DNNL_VERBOSE ?? '0';
  return setting !== '0' && setting !== 'none' && setting !== '';
}

/**
 * Takes oneDNN's lines out of what was printed. A run is logged as `onednn_verbose,v1,primitive,exec,ENGINE,KIND,
 * IMPLEMENTATION,DIRECTION,MEMORY,ATTRIBUTES,AUXILIARY,PROBLEM,MILLISECONDS`; `v1` may be a time as well or be missing.
 */
export function readPrimitiveLog(output: string): { runs: PrimitiveRun[]; rest: string } {
  const lines = output.split(/(?<=\n)/);
  const isLog = (line: string) => line.startsWith('onednn_verbose,');
  return {
    runs: lines.filter(isLog).flatMap(readRun),
    rest: lines.filter((line) => !isLog(line)).join(''),
  };
}

function readRun(line: string): PrimitiveRun[] {
  const fields = line.trimEnd().split(',');
  const exec = fields.indexOf('exec');
  const [, kind, implementation, direction, , , , problem, milliseconds] = fields.slice(exec + 1);
  if (exec < 0 || fields[exec - 1] !== 'primitive' || milliseconds === undefined) return [];
  return [
    {
      kind: kind ?? '',
      implementation: implementation ?? '',
      direction: direction ?? '',
      problem: problem ?? '',
      milliseconds: Number(milliseconds),
    },
  ];
}
