let last = 0;

/**
 * A number that stands for a state of something, above all that were given out before: by this process, and by earlier
 * ones, because it goes by the time. So a page that stays open while a run is deleted and made anew, or while the board is started
 * again, takes nothing new for what it has.
 */
export function nextVersion(): number {
  last = Math.max(last + 1, Date.now());
  return last;
}
