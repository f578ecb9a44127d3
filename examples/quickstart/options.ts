import { parseArgs } from 'node:util';
import type { RunOptions } from '../experiments/options.ts';

/** What the quickstart was asked to do. */
export interface QuickstartOptions extends RunOptions {
  readonly data: 'mnist' | 'fashion-mnist' | 'cifar-10';
  /** The folder with the data set's files; MNIST comes with the project. */
  readonly path: string | undefined;
  /** Training images; there is accuracy left to win with few of them. */
  readonly labels: number;
  /** Epochs of the base model; distillation takes twice as many, averaging half as many and two. */
  readonly epochs: number;
  /** Test images to score on. */
  readonly testImages: number;
  readonly batchSize: number;
  /** Filters of the network's first block. */
  readonly width: number;
}

const USAGE = `usage: npm run quickstart -- [--data mnist|fashion-mnist|cifar-10] [--path FOLDER]
         [--labels N] [--seeds N] [--epochs N] [--test-images N] [--run FOLDER]`;

/** Reads the command line. On the pure JavaScript backend the defaults are smaller, so that it ends in minutes too. */
export function readOptions(engine: 'tensorflow' | 'cpu'): QuickstartOptions {
  const small = engine === 'cpu';
  const { values } = parse();
  const data = values.data ?? 'mnist';
  if (data !== 'mnist' && data !== 'fashion-mnist' && data !== 'cifar-10')
    return stop(`--data ${data} is not known`);
  if (data !== 'mnist' && values.path === undefined) return stop(`--data ${data} needs --path FOLDER`);
  const seeds = count('seeds', values.seeds, small ? 1 : 3);
  return {
    data,
    path: values.path,
    labels: count('labels', values.labels, small ? 128 : 1000),
    seeds: Array.from({ length: seeds }, (_, index) => index + 1),
    epochs: count('epochs', values.epochs, small ? 10 : 12),
    testImages: count('test-images', values['test-images'], small ? 300 : 10_000),
    batchSize: small ? 16 : 100,
    width: small ? 4 : 16,
    run: values.run ?? 'runs/quickstart',
  };
}

function parse() {
  try {
    const string = { type: 'string' } as const;
    const numbers = { labels: string, seeds: string, epochs: string, 'test-images': string };
    return parseArgs({ options: { data: string, path: string, run: string, ...numbers } });
  } catch (error) {
    return stop((error as Error).message);
  }
}

function count(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  return Number.isSafeInteger(value) && value > 0
    ? value
    : stop(`--${name} must be a positive integer, got ${text}`);
}

function stop(message: string): never {
  console.error(`${message}\n${USAGE}`);
  process.exit(2);
}
