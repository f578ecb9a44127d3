import { LoopwrightError } from '@loopwright/core';
import { check } from './check.ts';
import { DamagedCheckpointError } from './damaged-checkpoint-error.ts';
import { StorageError } from './storage-error.ts';

/** An error on its way from one thread to another, which keeps neither classes nor codes by itself. */
export interface SentError {
  readonly type: keyof typeof TYPES | 'Error';
  readonly message: string;
  readonly stack: string;
  readonly cause: { readonly message: string; readonly code: string | undefined } | undefined;
}

const TYPES = { StorageError, DamagedCheckpointError, LoopwrightError };
const PREFIX = new LoopwrightError(check.where, '').message;

/** Takes an error apart. */
export function sendError(error: unknown): SentError {
  const { message, stack = '', cause } = error instanceof Error ? error : new Error(String(error));
  const type = Object.entries(TYPES).find(([, type]) => error instanceof type)?.[0] as
    | keyof typeof TYPES
    | undefined;
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  const sentCause = cause instanceof Error ? { message: cause.message, code } : undefined;
  return { type: type ?? 'Error', message, stack, cause: sentCause };
}

/** Puts it together again, with the stack of where it was thrown. */
export function receiveError({ type, message, stack, cause }: SentError): Error {
  const options = cause && { cause: Object.assign(new Error(cause.message), { code: cause.code }) };
  const error =
    type === 'Error'
      ? new Error(message, options)
      : new TYPES[type](check.where, message.slice(PREFIX.length), options);
  error.stack = stack;
  return error;
}
