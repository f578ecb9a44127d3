export type { PendingSave } from './background-save.ts';
export type { CheckpointEvent } from './checkpoint-event.ts';
export type { CheckpointInfo } from './checkpoint-info.ts';
export type { Unit } from './checkpoint-name.ts';
export {
  type CheckpointReference,
  CheckpointSaver,
  type LoadOptions,
} from './checkpoint-saver.ts';
export { DamagedCheckpointError } from './damaged-checkpoint-error.ts';
export type { FileFacts, FileSystem } from './file-system.ts';
export type { Metrics } from './manifest.ts';
export { nodeFileSystem } from './node-file-system.ts';
export type { BestRule } from './retention.ts';
export type { Run, RunPart } from './run.ts';
export type { CheckpointSaverOptions } from './saver-options.ts';
export { StorageError } from './storage-error.ts';
