import type { Program } from './benchmark.ts';
import { python, typescript } from './programs.ts';
import { runProgram } from './run-program.ts';

/** The version of everything that is measured, by name; what is not installed is left out. */
export async function readVersions(): Promise<Record<string, string>> {
  const ours = await tryProgram(typescript('versions.ts', {}, { ONEDNN_VERBOSE: '1' }));
  const oneDnn = /oneDNN v([\d.]+)/.exec(ours)?.[1];
  return {
    ...versionsIn(ours),
    ...(oneDnn !== undefined && { 'oneDNN (TensorFlow)': oneDnn }),
    ...versionsIn(await tryProgram(python('versions.py', {}))),
  };
}

async function tryProgram(program: Program): Promise<string> {
  return runProgram(program).catch(() => '');
}

/** The versions in an output, which oneDNN's lines may follow: they are written when the process ends. */
function versionsIn(output: string): Record<string, string> {
  return JSON.parse(output.split('\n').find((line) => line.startsWith('{')) ?? '{}');
}
