import { LoopwrightError } from '@loopwright/core';

/**
 * Storage failed: a disk is full, read-only, gone or broken. The message names the path, and of what could not be written
 * the bytes; `cause` is the system's own error.
 *
 * @example
 * const checkpoints = new CheckpointSaver('checkpoints');
 * await checkpoints.save(0, { model });
 * await checkpoints.settled().catch((error) => {
 *   if (error instanceof StorageError) console.error(error.message);
 * });
 */
export class StorageError extends LoopwrightError {}
