import { afterEach, describe, expect, it, vi } from 'vitest';
import { type StopRequest, stopRequest } from './stop-request.ts';

/** Never ends the process of the tests. */
const kill = vi.spyOn(process, 'kill').mockImplementation(() => true);
const exit = vi.spyOn(process, 'exit').mockImplementation((() => {}) as never);

let stop: StopRequest;
afterEach(() => {
  stop?.dispose();
  kill.mockClear();
  exit.mockClear();
  vi.useRealTimers();
});

const send = (signal: NodeJS.Signals) => process.emit(signal, signal);
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('a request to stop', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('comes with %s, and the process ends with %i', (signal, code) => {
    const lines: string[] = [];
    stop = stopRequest({ onRequest: (line) => lines.push(line) });
    expect([stop.requested, stop.reason, stop.signal.aborted]).toEqual([false, undefined, false]);
    send(signal);
    expect([stop.requested, stop.reason, stop.signal.aborted]).toEqual([true, signal, true]);
    expect(lines).toEqual([`stopping after this step (${signal}); a second Ctrl-C stops at once`]);
    stop.exit();
    expect(exit).toHaveBeenCalledWith(code);
  });

  it('ends the process at the second signal, but not at the echo of the first', async () => {
    stop = stopRequest();
    send('SIGINT');
    send('SIGINT');
    expect(kill).not.toHaveBeenCalled();
    await later(120);
    send('SIGTERM');
    expect(kill).toHaveBeenCalledWith(process.pid, 'SIGTERM');
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it('comes with a warning ahead, after which the first signal changes the code alone', async () => {
    stop = stopRequest({ signals: ['SIGUSR2', 'SIGTERM'] });
    send('SIGUSR2');
    expect(stop.reason).toBe('SIGUSR2');
    expect(stop.exitCode).toBe(140);
    await later(120);
    send('SIGTERM');
    expect(kill).not.toHaveBeenCalled();
    expect([stop.reason, stop.exitCode]).toEqual(['SIGUSR2', 143]);
  });

  it('comes from an AbortSignal, a promise, and a question that is asked until it is true', async () => {
    const controller = new AbortController();
    stop = stopRequest({ sources: [controller.signal, Promise.reject(new Error('no answer'))] });
    await later(5);
    expect(stop.requested).toBe(false);
    controller.abort();
    expect([stop.requested, stop.reason, stop.exitCode]).toEqual([true, 'a notice', 143]);
    stop.dispose();

    stop = stopRequest({ sources: [later(5)] });
    await later(20);
    expect(stop.requested).toBe(true);
    stop.dispose();

    const answers = [
      () => false,
      () => Promise.reject(new Error('unreachable')),
      () => Promise.resolve(true),
    ];
    stop = stopRequest({ sources: [() => answers.shift()?.() ?? false], pollSeconds: 0.005 });
    await later(80);
    expect(stop.requested).toBe(true);
    expect(answers).toEqual([]);
  });

  it('leaves no listener and no timer', async () => {
    const before = process.listenerCount('SIGTERM');
    let asked = 0;
    const ask = () => {
      asked += 1;
      return false;
    };
    stop = stopRequest({ sources: [ask], pollSeconds: 0.001 });
    await later(20);
    stop.dispose();
    const askedBefore = asked;
    await later(20);
    expect(asked).toBe(askedBefore);
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  it('refuses what cannot be watched', () => {
    const prefix = '[loopwright/guards] stopRequest: ';
    expect(() => stopRequest({ signals: ['SIGNONE' as never] })).toThrow(
      `${prefix}signals: "SIGNONE" is not known`,
    );
    expect(() => stopRequest({ signals: ['SIGKILL'] })).toThrow('no process can watch for SIGKILL');
    expect(() => stopRequest({ sources: [3 as never] })).toThrow(
      'sources must be AbortSignals, promises or functions',
    );
    expect(() => stopRequest({ signal: 'SIGINT' } as never)).toThrow('unknown option "signal"');
    expect(process.listenerCount('SIGTERM')).toBe(0);
  });
});
