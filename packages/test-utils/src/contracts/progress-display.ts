import { type ProgressBars, type ProgressStream, ProgressTracker } from '@loopwright/progress';
import { type Scalar, scalar } from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { expectNoLeak } from '../leak.ts';

/** What {@link expectProgressDisplay} needs to know of a display. */
export interface ProgressDisplayContract {
  /** A new display on this stream and by this clock (milliseconds). */
  readonly make: (stream: ProgressStream, clock: () => number) => ProgressBars;
}

const ESCAPE = '\u001b';
const stepMs = 7;
const epochs = 3;
const steps = 40;

/**
 * The contract of every display of progress: it reads a metric's tensor only while it is lent, and only to draw it;
 * it never touches the loop; a loop that is left in whatever way leaves whole lines, a visible cursor, no listener and
 * no timer behind; the user's texts cannot move the cursor; what is logged appears.
 */
export async function expectProgressDisplay({ make }: ProgressDisplayContract): Promise<void> {
  await expectNoLeak(() => expectReadsOnlyToDraw(make));
  for (const leave of ['break', 'throw', 'finish'] as const) expectCleanEnd(make, leave);
}

function expectReadsOnlyToDraw(make: ProgressDisplayContract['make']): void {
  const terminal = fakeTerminal();
  const { display, tracker } = start(make, terminal);
  let lent = false;
  let reads = 0;
  const lend = (tensor: Scalar) =>
    Object.assign(tensor, {
      dataSync: () => {
        expect(lent, 'a tensor is read while it is lent').toBe(true);
        reads += 1;
        return new Float32Array([0.5]);
      },
    });
  for (const _ of tracker.epochs(epochs)) {
    for (const step of tracker.track(Array.from({ length: steps }, (_, index) => index))) {
      terminal.now += stepMs;
      const loss = lend(scalar(step));
      lent = true;
      display.next({ 'train.loss': loss, step });
      lent = false;
      loss.dispose();
    }
    display.next({ 'val.accuracy': 0.5 });
  }
  expect(reads, 'no more tensors are read than drawings made').toBeLessThanOrEqual(terminal.writes.length);
  expect(reads, 'most steps read nothing').toBeLessThan((epochs * steps) / 4);
}

function expectCleanEnd(make: ProgressDisplayContract['make'], leave: 'break' | 'throw' | 'finish'): void {
  const terminal = fakeTerminal();
  const timers = activeTimers();
  const { display, tracker } = start(make, terminal);
  const loop = () => {
    for (const _ of tracker.epochs(2)) {
      for (const step of tracker.track([0, 1, 2], { label: `bad\n${ESCAPE}[2Jlabel` })) {
        terminal.now += 60_000;
        display.next({ [`name${ESCAPE}[H`]: `value\r${step}` });
        display.log(`step ${step}`);
        if (step === 1 && leave === 'throw') throw new Error('body');
        if (step === 1 && leave === 'break') return;
      }
    }
  };
  if (leave === 'throw') expect(loop).toThrow('body');
  else loop();
  const written = terminal.writes.join('');
  expect(written, 'what is logged appears').toContain('step 1\n');
  expect(written.endsWith('\n'), 'whole lines are left behind').toBe(true);
  for (const sequence of [`${ESCAPE}[?25l`, `${ESCAPE}[2J`, `${ESCAPE}[H`]) {
    expect(written, 'no hidden cursor, nothing that moves it from the user').not.toContain(sequence);
  }
  expect(terminal.listeners.size, 'listeners left behind').toBe(0);
  expect(activeTimers(), 'timers left behind').toBe(timers);
  const { length } = terminal.writes;
  display.close();
  display.next({ late: 1 });
  expect(terminal.writes.length, 'nothing is drawn after the loop').toBe(length);
}

function start(make: ProgressDisplayContract['make'], terminal: ReturnType<typeof fakeTerminal>) {
  const display = make(terminal, () => terminal.now);
  return { display, tracker: new ProgressTracker({ display }) };
}

function fakeTerminal() {
  const listeners = new Set<() => void>();
  const writes: string[] = [];
  return {
    now: 1000,
    writes,
    listeners,
    isTTY: true,
    columns: 60,
    rows: 20,
    write: (text: string) => writes.push(text),
    on: (_: 'resize', listener: () => void) => listeners.add(listener),
    off: (_: 'resize', listener: () => void) => listeners.delete(listener),
  };
}

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
}
