/**
 * More numbers, strings or options than this in one value are not read: no writer has as many, and those that a hostile file claims
 * to have take far more memory than bytes.
 */
export const MAX_ITEMS = 2 ** 20;
