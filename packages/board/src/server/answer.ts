/** What goes back to the page. */
export interface Answer {
  readonly type: string;
  readonly body: string | Uint8Array;
  /** Names this state of what is answered: the same is not sent twice. */
  readonly tag?: string;
}

export function jsonAnswer(value: unknown, tag?: string): Answer {
  return jsonText(JSON.stringify(value), tag);
}

export function jsonText(body: string, tag?: string): Answer {
  return { type: 'application/json; charset=utf-8', body, ...(tag !== undefined && { tag }) };
}
