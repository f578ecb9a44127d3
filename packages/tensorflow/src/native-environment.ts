/**
 * The environment variables that TensorFlow's libraries read as they are loaded, where the user has set none:
 *
 * - `TF_ENABLE_ONEDNN_OPTS=1`: TensorFlow leaves oneDNN off on CPUs without AVX-512 VNNI, where it is several times
 *   faster all the same;
 * - `TF_CPP_MIN_LOG_LEVEL=1`: no informational messages; warnings and errors stay.
 */
const DEFAULTS = { TF_ENABLE_ONEDNN_OPTS: '1', TF_CPP_MIN_LOG_LEVEL: '1' } as const;

/** An environment with what is missing for TensorFlow filled in. */
export function nativeEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...DEFAULTS, ...env };
}

/** Fills in what is missing for TensorFlow in the process's own environment. */
export function prepareEnvironment(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(DEFAULTS)) env[name] ??= value;
}
