import { readFileSync } from 'node:fs';
import { board } from './commands/board.ts';
import { doctor } from './commands/doctor.ts';
import { install } from './commands/install.ts';
import { report } from './commands/report.ts';
import { type Terminal, UsageError } from './terminal/terminal.ts';

const HELP = `Usage: loopwright COMMAND [OPTIONS]

Commands:
  install               provide the native TensorFlow engine, once for all projects
    --tensorflow V      this release, such as 2.21.0
    --variant cpu|gpu   gpu: with CUDA kernels and NVIDIA's libraries
    --wheel FILE        from a tensorflow wheel on the disk
    --index-url URL     from this package index
    --force             anew, though it is there
    --optional          end with success where no engine can be had
  doctor                show what the engine is and what is wrong with it
    --json              as JSON
  board FOLDER          show all runs under a folder on a local page, live
    --port N            6070 by default, or any that is free
    --host H            listen on another address than 127.0.0.1; there is no password
    --open              open the page in the browser
  report FOLDER         write curves, tables and settings of a run, or of several, to one HTML file
    -o, --output FILE   report.html by default; an earlier one is replaced
    --title T           rather than the folder's name

  -h, --help            show this
  -v, --version         show the version
`;

const COMMANDS: Readonly<Record<string, (args: string[], terminal: Terminal) => number | Promise<number>>> = {
  install,
  doctor,
  board,
  report,
};

/**
 * The command line, without the process around it.
 *
 * @returns the exit code: 0 for success, 1 for failure, 2 for a command that was not understood
 */
export async function main(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === '--version' || name === '-v') return print(terminal, `${version()}\n`);
  if (args.some(isHelp)) return print(terminal, HELP);
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  try {
    if (command !== undefined) return await command(rest, terminal);
    throw new UsageError(name === undefined ? 'a command is missing' : `there is no command "${name}"`);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.stderr.write(`loopwright: ${error.message}\nTry: loopwright --help\n`);
    return 2;
  }
}

function isHelp(argument: string): boolean {
  return argument === '--help' || argument === '-h';
}

function print({ stdout }: Terminal, text: string): number {
  stdout.write(text);
  return 0;
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
