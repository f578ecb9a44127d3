import { LoopwrightError } from '@loopwright/core';

/**
 * A checkpoint is not what its writer left: a file is missing, or its size, checksum or contents are wrong.
 *
 * @example
 * const checkpoints = new CheckpointSaver('checkpoints');
 * await checkpoints.save(0, { model });
 * await checkpoints.verify(0).catch((error) => {
 *   if (error instanceof DamagedCheckpointError) console.error(error.message);
 * });
 */
export class DamagedCheckpointError extends LoopwrightError {}
