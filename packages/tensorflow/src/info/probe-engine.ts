import { nativeFile } from '../binding-recipe.ts';
import type { Host } from '../host.ts';
import { type CommandResult, errorLine } from '../install/run-command.ts';
import { nativeEnvironment } from '../native-environment.ts';

/** What a process of its own saw when it loaded the engine. */
export interface EngineProbe {
  readonly tensorflow: string;
  readonly gpu: boolean;
  readonly oneDnn: boolean;
  /** Whether our extension is part of the binding. */
  readonly extension: boolean;
  readonly matmul: { readonly size: number; readonly gflops: number } | undefined;
}

/** The engine's answer, or why it gave none. */
export type ProbeOutcome =
  | { readonly probe: EngineProbe; readonly problem?: undefined }
  | { readonly probe?: undefined; readonly problem: string };

/** The command that loads a binding in a process of its own and multiplies matrices there for some seconds. */
export function probeCommand(host: Host, binding: string, seconds: number): [string, ...string[]] {
  return [host.node, nativeFile('probe.cjs'), binding, String(seconds)];
}

/** Whether oneDNN is on is something that TensorFlow only says when it is talkative. */
export function probeEnvironment({ env }: Pick<Host, 'env'>): NodeJS.ProcessEnv {
  return { ...nativeEnvironment(env), TF_CPP_MIN_LOG_LEVEL: '0' };
}

/** Reads what the probe's process printed. */
export function readProbe({ code, signal, stdout, stderr }: CommandResult): ProbeOutcome {
  if (code !== 0) return { problem: explainExit(code, signal, stderr) };
  // Its last line: with ONEDNN_VERBOSE set oneDNN writes to the same output.
  const answer = stdout.trim().split('\n').at(-1) as string;
  const { tensorflow, gpu, extension, matmul } = JSON.parse(answer) as EngineProbe;
  const oneDnn = stderr.includes('oneDNN custom operations are on');
  return { probe: { tensorflow, gpu, oneDnn, extension, matmul: matmul ?? undefined } };
}

/** The library or symbol that is missing, the signal that killed the process, or its last words. */
function explainExit(code: number | null, signal: NodeJS.Signals | null, stderr: string): string {
  const error = errorLine(stderr);
  if (error !== undefined) return error;
  if (signal === 'SIGILL') return 'this CPU lacks instructions that TensorFlow was compiled for (AVX)';
  const last = stderr.trim().split('\n').at(-1) ?? '';
  return signal === null ? `exit code ${code}: ${last}` : `killed by ${signal}: ${last}`;
}
