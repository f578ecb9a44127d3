import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { cpuInfo } from '@loopwright/core/machine';
import { userCache } from '../cache-layout.ts';
import { type Host, thisHost } from '../host.ts';
import { TABLE_VERSION } from './table.ts';

/** What the speed of algorithms depends on. Kept timings hold for the machine that is the same in all of it. */
export interface Machine {
  readonly cpu: string;
  readonly features: readonly string[];
  readonly threads: number;
  readonly tensorflow: string;
  readonly oneDnn: string;
  /** Of the table of candidates. */
  readonly table: number;
}

/** The machine that this process runs on. */
export function thisMachine(tensorflow: string, env: NodeJS.ProcessEnv = process.env): Machine {
  const { model, features } = cpuInfo();
  const threads = Number(env.TF_NUM_INTRAOP_THREADS) || availableParallelism();
  return {
    cpu: model,
    features,
    threads,
    tensorflow,
    oneDnn: env.TF_ENABLE_ONEDNN_OPTS ?? '',
    table: TABLE_VERSION,
  };
}

/** The file in the user's cache that keeps a machine's timings. */
export function timingsFile(
  machine: Machine,
  host: Pick<Host, 'platform' | 'home' | 'env'> = thisHost(),
): string {
  const hash = createHash('sha256').update(JSON.stringify(machine)).digest('hex').slice(0, 12);
  return join(userCache(host), 'loopwright', 'algorithms', `${hash}.json`);
}
