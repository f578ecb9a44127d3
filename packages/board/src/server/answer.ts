/** What goes back to the page. */
export interface Answer {
  readonly type: string;
  readonly body: string | Uint8Array;
  /** Names this state of what is answered: the same is not sent twice. */
  readonly tag?: string;
}

export function jsonAnswer(value: unknown, tag?: string): Answer {
  const body = JSON.stringify(value);
  return { type: 'application/json; charset=utf-8', body, ...(tag !== undefined && { tag }) };
}
