import { checker } from '@loopwright/core';

/** Checks and errors of everything that happens in the name of a `CheckpointSaver`. */
export const check = checker('checkpoint', 'CheckpointSaver');
