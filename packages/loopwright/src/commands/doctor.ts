import { type EngineInfo, engineInfo } from '@loopwright/tensorflow/engine-info';
import { table } from '../terminal/table.ts';
import { readOptions, type Terminal } from '../terminal/terminal.ts';

/** `loopwright doctor`: shows what the engine is and what is wrong with it. Fails only if it cannot be used. */
export function doctor(args: string[], { stdout }: Terminal): number {
  const { json = false } = readOptions(args, { json: { type: 'boolean' } });
  const info = engineInfo();
  stdout.write(json ? `${JSON.stringify(info, null, 2)}\n` : report(info));
  return info.usable ? 0 : 1;
}

/** The table, and below it each problem with its remedy. */
export function report(info: EngineInfo): string {
  const problems = info.problems.map(({ what, remedy }) => `! ${what}\n    ${remedy}\n`);
  const verdict = problems.length === 0 ? 'Everything is well.\n' : problems.join('');
  return `${table(rows(info))}\n${verdict}`;
}

function rows(info: EngineInfo): [string, string][] {
  const { cpu, cuda, matmul } = info;
  return [
    ['Node', info.node],
    ['Platform', info.glibc === undefined ? info.platform : `${info.platform}, glibc ${info.glibc}`],
    ['Compiler', describeTool(info.compiler)],
    ['pip', describeTool(info.pip)],
    ['TensorFlow', describeTensorFlow(info)],
    ['Extension', describeExtension(info)],
    ['oneDNN', info.oneDnn === undefined ? 'unknown' : info.oneDnn ? 'on' : 'off'],
    ['CPU', `${cpu.cores} × ${cpu.model}\n${cpu.features.join(' ') || 'features unknown'}`],
    ['CUDA devices', cuda.devices.length === 0 ? 'none' : describeDevices(info)],
    ['CUDA libraries', describeLibraries(info)],
    ['tfjs-core', info.tfjsCopies.map(({ path, version }) => `${version} in ${path}`).join('\n') || 'none'],
    [
      'Matmul',
      matmul === undefined ? 'not run' : `${matmul.size}²: ${matmul.gflops.toFixed(0)} GFLOP/s (float32)`,
    ],
  ];
}

function describeTool(tool: EngineInfo['pip']): string {
  return tool === undefined ? 'not found' : `${tool.command}: ${tool.version}`;
}

function describeTensorFlow({ tensorflow, usable }: EngineInfo): string {
  if (tensorflow === undefined) return 'not installed';
  const { version = 'unknown version', variant, source, folder } = tensorflow;
  const kind = source === 'vendor' ? "the vendor's own build" : variant;
  return `${version}, ${kind}${usable ? '' : ', does not load'}\n${folder}`;
}

function describeExtension({ extension }: EngineInfo): string {
  if (extension === undefined) return 'unknown';
  return extension ? 'in the binding' : 'missing: no compiled functions';
}

function describeDevices({ cuda }: EngineInfo): string {
  return `${cuda.devices.join('\n')}\n${cuda.used ? 'in use' : 'not used by TensorFlow'}`;
}

function describeLibraries({ cuda, tensorflow }: EngineInfo): string {
  if (tensorflow?.variant !== 'gpu') return 'not needed';
  return cuda.missingLibraries.length === 0 ? 'all found' : `missing: ${cuda.missingLibraries.join(', ')}`;
}
