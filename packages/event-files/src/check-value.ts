import { type Checker, show } from '@loopwright/core';
import type { SummaryValue } from './event-record.ts';

type Kind = SummaryValue['kind'];
type Members = Readonly<Record<string, unknown>> | null | undefined;

/** What the value of each kind is, in words, and whether one looks like it. */
const KINDS: Readonly<Record<Kind, readonly [what: string, fits: (value: unknown) => boolean]>> = {
  scalar: ['a number', (value) => typeof value === 'number'],
  histogram: ['a list of buckets', Array.isArray],
  image: ['{ width, height, images }', (value) => Array.isArray((value as Members)?.images)],
  text: [
    '{ strings, shape }',
    (value) => Array.isArray((value as Members)?.strings) && Array.isArray((value as Members)?.shape),
  ],
  hparams: [
    'a part of hparams',
    (value) => ['experiment', 'start', 'end'].includes((value as Members)?.part as string),
  ],
};

/** Checks that a value is of a known kind, has a tag, and fits its kind. */
export function checkValue(check: Checker, { kind, tag, value }: SummaryValue): void {
  check.oneOf('kind', kind, Object.keys(KINDS) as Kind[]);
  if (typeof tag !== 'string') check.fail(`tag must be a string, got ${show(tag)}`);
  const [what, fits] = KINDS[kind];
  if (!fits(value)) check.fail(`the ${kind} ${show(tag)} must be ${what}, got ${show(value)}`);
}
