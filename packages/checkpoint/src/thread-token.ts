import { randomUUID } from 'node:crypto';

/** What the locks that this thread takes are told by. */
export const threadToken = randomUUID();
