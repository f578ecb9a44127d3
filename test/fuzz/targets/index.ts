import type { Target } from '../target.ts';
import { archives } from './archives.ts';
import { boardCsv, boardEvents, boardJsonLines } from './board-logs.ts';
import { boardUrl } from './board-url.ts';
import { checkpointFolder } from './checkpoint-folder.ts';
import { checkpointManifest } from './checkpoint-manifest.ts';
import { checkpointState } from './checkpoint-state.ts';
import { cifarBinary, cifarPython, pickle } from './cifar.ts';
import { eventFiles } from './event-files.ts';
import { idx, idxGzip } from './idx.ts';
import { jpeg } from './jpeg.ts';
import { ledger } from './ledger.ts';
import { logCsv, logJsonLines } from './logs.ts';
import { safetensors } from './safetensors.ts';

/** Every parser of files that may come from anywhere. */
export const targets: readonly Target[] = [
  safetensors,
  checkpointManifest,
  checkpointState,
  checkpointFolder,
  eventFiles,
  idx,
  idxGzip,
  cifarBinary,
  cifarPython,
  pickle,
  archives,
  boardUrl,
  boardJsonLines,
  boardCsv,
  boardEvents,
  logCsv,
  logJsonLines,
  ledger,
  jpeg,
];
