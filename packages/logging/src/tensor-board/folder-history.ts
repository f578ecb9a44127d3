import { type EventRecord, liveValues } from '@loopwright/event-files';
import { EPOCH_TAG } from './placement.ts';
import { readFolder } from './read-folder.ts';

/** Where earlier sessions have come to. */
export interface FolderHistory {
  /** The greatest step of any scalar; undefined if there is none. */
  readonly lastStep: number | undefined;
  /** The step that each epoch's summary was written at. */
  readonly stepOfEpoch: ReadonlyMap<number, number>;
}

/** Reads the event files of all folders of a run. */
export function readHistory(folders: readonly string[]): FolderHistory {
  let lastStep: number | undefined;
  const stepOfEpoch = new Map<number, number>();
  for (const folder of folders) {
    const told: EventRecord[] = [];
    for (const record of readFolder(folder)) {
      if (record.kind === 'scalar' || record.kind === 'start') told.push(record);
    }
    for (const record of liveValues(told)) {
      lastStep = Math.max(record.step, lastStep ?? record.step);
      if (isEpoch(record)) stepOfEpoch.set(record.value, record.step);
    }
  }
  return { lastStep, stepOfEpoch };
}

function isEpoch(record: EventRecord): record is EventRecord & { readonly kind: 'scalar' } {
  return record.kind === 'scalar' && record.tag === EPOCH_TAG;
}
