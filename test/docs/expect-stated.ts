import { agrees, print } from './stated-value.ts';

/** Checks the value that an example's comment states. The harness puts a call in the place of such a statement. */
export function expectStated(value: unknown, comment: string, at: string): void {
  if (!agrees(value, comment))
    throw new Error(`${at}: the value is ${print(value)}, the comment says ${comment}`);
}
