/** The event loop may stand still for so long. */
const STILL_MS = 10;

let lastTurn = Number.NEGATIVE_INFINITY;

/**
 * Lets the event loop turn, if it has not for a while: signals are seen, files are written, servers answer. A loop whose
 * `await`s are all fulfilled at once would keep it from that until it is over. It takes some microseconds.
 *
 * @example
 * for (const batch of batches) {
 *   console.log(batch);
 *   await turnEventLoop();
 * }
 */
export async function turnEventLoop(): Promise<void> {
  if (performance.now() - lastTurn < STILL_MS) return;
  await new Promise<void>((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
  lastTurn = performance.now();
}
