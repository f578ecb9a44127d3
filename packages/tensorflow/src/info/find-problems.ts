import { mayHavePassed } from '../binding-record.ts';
import type { Host } from '../host.ts';
import { compilerRemedy, INSTALL_COMMAND } from '../install/remedies.ts';
import type { EngineInfo, TensorFlowInfo } from './engine-info.ts';

/** Something that is wrong or could be better, and what to do about it. */
export interface EngineProblem {
  readonly what: string;
  readonly remedy: string;
}

/** Judges what was seen. `engineProblem` says why the engine cannot be used, if it cannot. */
export function findProblems(
  host: Host,
  info: Omit<EngineInfo, 'problems'>,
  engineProblem: string | undefined,
): EngineProblem[] {
  return [
    ...enginesProblems(info, engineProblem),
    ...installersProblems(host, info),
    ...speedProblems(host, info),
    ...extensionProblems(host, info),
    ...copiesProblems(info),
  ];
}

function enginesProblems(
  { tensorflow, cuda }: Omit<EngineInfo, 'problems'>,
  engineProblem: string | undefined,
): EngineProblem[] {
  const problems: EngineProblem[] = [];
  if (engineProblem !== undefined && tensorflow === undefined) {
    problems.push({ what: `TensorFlow is not installed: ${engineProblem}`, remedy: INSTALL_COMMAND });
  } else if (engineProblem !== undefined) {
    const remedy = `${INSTALL_COMMAND} --force`;
    problems.push({ what: `TensorFlow does not load: ${engineProblem}`, remedy });
  }
  if (cuda.missingLibraries.length > 0) {
    const remedy = cuda.missingLibraries.includes('libcuda.so.1')
      ? "install NVIDIA's driver, which brings libcuda.so.1"
      : `${INSTALL_COMMAND} --variant gpu --force`;
    problems.push({ what: `CUDA libraries are missing: ${cuda.missingLibraries.join(', ')}`, remedy });
  }
  if (cuda.devices.length > 0 && tensorflow?.variant === 'cpu') {
    const remedy = `${INSTALL_COMMAND} --variant gpu`;
    problems.push({ what: 'an NVIDIA device is here and TensorFlow is the cpu variant', remedy });
  }
  return problems;
}

function installersProblems(
  host: Host,
  { tensorflow, compiler, pip }: Omit<EngineInfo, 'problems'>,
): EngineProblem[] {
  // What is installed needs neither any more.
  if (tensorflow !== undefined || host.platform === 'win32') return [];
  const problems: EngineProblem[] = [];
  if (compiler === undefined) {
    problems.push({ what: 'no C++ compiler was found', remedy: compilerRemedy(host) });
  }
  if (pip === undefined) {
    problems.push({ what: 'pip was not found', remedy: `${INSTALL_COMMAND} --index-url URL` });
  }
  return problems;
}

function speedProblems(
  { env }: Host,
  { tensorflow, oneDnn, cpu }: Omit<EngineInfo, 'problems'>,
): EngineProblem[] {
  if (oneDnn !== false || tensorflow?.source !== 'installed' || !cpu.features.includes('avx2')) return [];
  const setting = env.TF_ENABLE_ONEDNN_OPTS;
  const remedy = setting === undefined ? `${INSTALL_COMMAND} --force` : 'unset TF_ENABLE_ONEDNN_OPTS';
  return [{ what: 'oneDNN is off; convolutions train several times slower without it', remedy }];
}

function extensionProblems(
  host: Host,
  { tensorflow, extension, compiler }: Omit<EngineInfo, 'problems'>,
): EngineProblem[] {
  if (extension !== false || tensorflow === undefined) return [];
  const lost = 'compile runs eagerly, optimizers update weights op by op, and profiles see calls only';
  const reason = tensorflow.withoutExtension ?? "it is the vendor's own build";
  const what = `the binding lacks Loopwright's extension (${reason}): ${lost}`;
  return [{ what, remedy: extensionRemedy(host, tensorflow, compiler) }];
}

function extensionRemedy(
  host: Host,
  { source, withoutExtension }: Pick<TensorFlowInfo, 'source' | 'withoutExtension'>,
  compiler: EngineInfo['compiler'],
): string {
  if (compiler === undefined) return `${compilerRemedy(host)} && ${INSTALL_COMMAND} --force`;
  if (withoutExtension !== undefined && mayHavePassed(withoutExtension)) return INSTALL_COMMAND;
  return source === 'vendor'
    ? `${INSTALL_COMMAND} --force`
    : `CXX=another-compiler ${INSTALL_COMMAND}   (one that knows C++17, for example g++-12)`;
}

function copiesProblems({ tfjsCopies }: Omit<EngineInfo, 'problems'>): EngineProblem[] {
  if (tfjsCopies.length < 2) return [];
  const list = tfjsCopies.map(({ path, version }) => `${version} in ${path}`).join(', ');
  return [
    {
      what: `there are ${tfjsCopies.length} copies of @tensorflow/tfjs-core (${list})`,
      remedy: 'npm dedupe   (and ask for the same version of @tensorflow/tfjs… everywhere)',
    },
  ];
}
