import { existsSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The addon of `native/stderr_capture.cc`. */
interface StderrCapture {
  begin(): boolean;
  end(): string;
}

/** Lines that TensorFlow writes to standard error while its libraries load, and that call for nothing. */
const CHATTER = [
  /^WARNING: All log messages before absl::InitializeLog\(\) is called are written to STDERR$/,
  // Informational messages, in the two forms that TensorFlow has. They are written before its log level counts.
  /^I\d{4} [\d:. ]+\S+:\d+\] /,
  /^\d{4}-\d\d-\d\d [\d:.]+: I /,
  // In CUDA builds two parts of TensorFlow register the same thing, by its authors' word to no effect.
  /Unable to register cu(BLAS|DNN|FFT) factory: Attempting to register factory/,
  /computation placer already registered/,
];

/**
 * Runs what loads TensorFlow's libraries and writes to standard error what they said, less the chatter. Where the user
 * has asked TensorFlow to talk (`TF_CPP_MIN_LOG_LEVEL=0`, `TF_CPP_MAX_VLOG_LEVEL`), or without the addon, nothing is
 * held back.
 */
export function withoutChatter<T>(capturePath: string | undefined, load: () => T): T {
  const capture = openCapture(capturePath);
  if (!capture?.begin()) return load();
  try {
    return load();
  } finally {
    const remaining = filterChatter(capture.end());
    if (remaining !== '') writeSync(process.stderr.fd, remaining);
  }
}

/** A text without the lines that call for nothing. */
export function filterChatter(text: string): string {
  return text
    .split(/(?<=\n)/)
    .filter((line) => !CHATTER.some((pattern) => pattern.test(line.trimEnd())))
    .join('');
}

function openCapture(path: string | undefined): StderrCapture | undefined {
  const { TF_CPP_MIN_LOG_LEVEL: level, TF_CPP_MAX_VLOG_LEVEL: verbose } = process.env;
  const wanted = level === '0' || (verbose !== undefined && verbose !== '0');
  if (wanted || path === undefined || !existsSync(path)) return undefined;
  return createRequire(import.meta.url)(path) as StderrCapture;
}
