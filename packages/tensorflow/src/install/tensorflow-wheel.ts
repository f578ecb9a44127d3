import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Host } from '../host.ts';
import type { Variant } from '../tensorflow-versions.ts';
import { cudaRequirements } from './cuda-wheels.ts';
import { isDiskFull } from './obstacle.ts';
import { pipSource } from './pip-download.ts';
import { indexSource } from './simple-index.ts';
import { DamagedFile, NoSuchWheel } from './wheel-errors.ts';
import { fits, parseWheelName, type WheelRequest, wheelPlatforms } from './wheel-name.ts';
import type { WheelOrder, WheelSource } from './wheel-source.ts';

/** The wheels of one engine, on this machine's disk. */
export interface EngineWheels {
  readonly tensorflow: string;
  readonly cuda: readonly string[];
}

/** What an earlier run downloaded whole and did not come to extract. */
const downloadedSource: WheelSource = {
  name: 'earlier downloads',
  async fetch(request, { folder }) {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    const found = names.find((name) => {
      const wheel = parseWheelName(name);
      return wheel !== undefined && fits(wheel, request);
    });
    if (found === undefined) throw new NoSuchWheel('nothing was downloaded earlier');
    return join(folder, found);
  },
};

const SOURCES: readonly WheelSource[] = [downloadedSource, pipSource, indexSource];

/**
 * Gets the wheels for an engine: a file that the user names, else what pip or an index provides.
 *
 * @throws Error with what each source said, a line each
 */
export async function getEngineWheels(
  {
    range,
    variant,
    wheel,
  }: { readonly range: string; readonly variant: Variant; readonly wheel: string | undefined },
  order: WheelOrder,
): Promise<EngineWheels> {
  const tensorflow = wheel === undefined ? await fetchTensorFlow(range, variant, order) : existingFile(wheel);
  const requirements = variant === 'gpu' ? await cudaRequirements(tensorflow) : [];
  const cuda: string[] = [];
  for (const requirement of requirements) {
    cuda.push(await fetchFromAny([{ ...requirement, platforms: wheelPlatforms(order.host) }], order));
  }
  return { tensorflow, cuda };
}

async function fetchTensorFlow(range: string, variant: Variant, order: WheelOrder): Promise<string> {
  const platforms = wheelPlatforms(order.host);
  const projects = tensorFlowProjects(order.host, variant);
  return fetchFromAny(
    projects.map((project) => ({ project, range, platforms })),
    order,
  );
}

/**
 * The projects that carry TensorFlow for a platform, the best first. `tensorflow-cpu` is published for x86-64 only;
 * elsewhere `tensorflow` has no CUDA in it.
 */
export function tensorFlowProjects({ arch }: Pick<Host, 'arch'>, variant: Variant): string[] {
  return variant === 'cpu' && arch === 'x64' ? ['tensorflow-cpu', 'tensorflow'] : ['tensorflow'];
}

/** Asks each source for each of the alternatives until one has it. */
async function fetchFromAny(alternatives: readonly WheelRequest[], order: WheelOrder): Promise<string> {
  const problems: string[] = [];
  for (const source of SOURCES) {
    for (const request of alternatives) {
      try {
        return await source.fetch(request, order);
      } catch (error) {
        if (error instanceof DamagedFile || isDiskFull(error)) throw error;
        if (source !== downloadedSource) problems.push(`from ${source.name}: ${(error as Error).message}`);
        if (!(error instanceof NoSuchWheel)) break;
      }
    }
  }
  throw new Error(problems.join('\n'));
}

function existingFile(path: string): string {
  if (!existsSync(path)) throw new Error(`there is no file ${resolve(path)}`);
  return resolve(path);
}
