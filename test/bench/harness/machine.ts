import { availableParallelism, loadavg, totalmem } from 'node:os';
import { cpuInfo, decisiveFeatures } from '@loopwright/core/machine';

/** What figures depend on: never compare those of two machines. */
export interface Machine {
  readonly cpu: string;
  /** Numbers that tell generations apart where the name does not, as `family 26, model 2, stepping 1`. */
  readonly cpuNumbers: string;
  readonly features: readonly string[];
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  /** Processes that were running when the benchmark began; above 0.5 others took part of the machine. */
  readonly load: number;
}

export function thisMachine(): Machine {
  const { model, numbers, features } = cpuInfo();
  return {
    cpu: model,
    cpuNumbers: numbers,
    features: decisiveFeatures(features),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    load: loadavg()[0] ?? 0,
  };
}
