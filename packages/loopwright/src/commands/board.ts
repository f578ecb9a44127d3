import { type BoardOptions, serveBoard } from '@loopwright/board';
import { LoopwrightError } from '@loopwright/core';
import { openInBrowser } from '../terminal/open-in-browser.ts';
import { readSubject, type Terminal, UsageError } from '../terminal/terminal.ts';

const WARNING =
  'Warning: other machines can reach this page, and it asks for no password: whoever does can read all runs.';

/** `loopwright board`: shows all runs under a folder on a local page, until it is interrupted. */
export async function board(args: string[], { stdout, stderr }: Terminal): Promise<number> {
  const { subject: folder, options } = readSubject(args, 'the folder of the runs', {
    port: { type: 'string' },
    host: { type: 'string' },
    open: { type: 'boolean' },
  });
  const { host, open = false } = options;
  const settings: BoardOptions = { ...portOption(options.port), ...(host !== undefined && { host }) };
  try {
    const served = await serveBoard(folder, settings);
    stdout.write(`${folder}: ${served.url}\nStop it with Ctrl-C.\n`);
    if (!served.isLoopback) stderr.write(`${WARNING}\n`);
    if (open) openInBrowser(served.url);
    await interruption();
    await served.close();
    return 0;
  } catch (error) {
    if (!(error instanceof LoopwrightError)) throw error;
    stderr.write(`${error.message}\n`);
    return 1;
  }
}

function portOption(text: string | undefined): BoardOptions {
  if (text === undefined) return {};
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65535) return { port };
  throw new UsageError(`--port must be a number from 0 to 65535, got "${text}"`);
}

/** Ctrl-C, or a polite kill. */
function interruption(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}
