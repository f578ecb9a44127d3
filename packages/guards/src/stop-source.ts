import { type Checker, show } from '@loopwright/core';

/**
 * Something else than a signal that can ask for a stop: an AbortSignal that is aborted, a promise that is fulfilled, or a
 * question that is asked again and again until its answer is true.
 */
export type StopSource = AbortSignal | PromiseLike<unknown> | (() => boolean | Promise<boolean>);

/**
 * Calls back when a source asks for a stop. Nothing of it keeps the process alive, and a source that fails asks for none.
 *
 * @param pollMs from the answer to a question to the next time that it is asked
 * @returns ends it
 */
export function watchSource(
  check: Checker,
  source: StopSource,
  pollMs: number,
  onStop: () => void,
): () => void {
  if (typeof source === 'function') return poll(source, pollMs, onStop);
  if (source instanceof AbortSignal) {
    if (source.aborted) onStop();
    source.addEventListener('abort', onStop);
    return () => source.removeEventListener('abort', onStop);
  }
  if (typeof (source as PromiseLike<unknown> | null)?.then !== 'function') {
    return check.fail(`sources must be AbortSignals, promises or functions, got ${show(source)}`);
  }
  let isOver = false;
  source.then(
    () => isOver || onStop(),
    () => {},
  );
  return () => {
    isOver = true;
  };
}

function poll(ask: () => boolean | Promise<boolean>, pollMs: number, onStop: () => void): () => void {
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const turn = async () => {
    const answer = await Promise.resolve()
      .then(ask)
      .catch(() => false);
    if (isOver) return;
    if (answer === true) onStop();
    else timer = setTimeout(turn, pollMs).unref();
  };
  void turn();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
