import { join } from 'node:path';
import { type Checker, show } from '@loopwright/core';
import type { SummaryValue } from '@loopwright/event-files';
import { type Clock, EventFile, type Session } from './event-file.ts';
import { type FolderHistory, readHistory } from './folder-history.ts';
import { type Place, placeOf, type Split } from './placement.ts';

/** The event files of a run: one in its folder, and one in the subfolder of each part that is a run of its own. */
export class RunFiles {
  readonly path: string;
  readonly clock: Clock;
  private readonly check: Checker;
  private readonly split: Split;
  private readonly files = new Map<string, EventFile>();
  private isOpen = true;

  /** Opens the file of the folder itself; the others follow when there is something to write. */
  constructor(check: Checker, path: string, split: Split, clock: Clock) {
    this.check = check;
    this.path = path;
    this.split = split;
    this.clock = clock;
    this.file('');
  }

  /** Where the value of a name goes. */
  placeOf(name: string): Place {
    return placeOf(name, this.split);
  }

  /** Writes values, whose tags are names yet, each to its place. */
  write(step: number, values: readonly SummaryValue[], session: Session | undefined): void {
    this.checkOpen();
    const runs = new Map<string, SummaryValue[]>();
    for (const value of values) {
      const { run, tag } = this.placeOf(value.tag);
      const group = runs.get(run) ?? [];
      group.push({ ...value, tag });
      runs.set(run, group);
    }
    for (const [run, group] of runs) this.file(run).write(step, group, session);
  }

  /** Where this and earlier sessions have come to. */
  readHistory(): FolderHistory {
    const runs = new Set(['', ...Object.values(this.split)]);
    return readHistory([...runs].map((run) => join(this.path, run)));
  }

  flush(): void {
    for (const file of this.files.values()) file.flush();
  }

  /** Nothing can be written afterwards. Closing again does nothing. */
  close(): void {
    for (const file of this.files.values()) file.close();
    this.isOpen = false;
  }

  private file(run: string): EventFile {
    const known = this.files.get(run);
    if (known !== undefined) return known;
    const file = new EventFile(this.check, join(this.path, run), this.clock);
    this.files.set(run, file);
    return file;
  }

  private checkOpen(): void {
    if (!this.isOpen) this.check.fail(`${show(this.path)} is closed`);
  }
}
