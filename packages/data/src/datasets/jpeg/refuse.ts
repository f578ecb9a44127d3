/** Thrown inside the decoder for a file that it leaves to another one. */
export class NotDecodable extends Error {}

/** @param what the decoder does not take: something unusual, or damage */
export function refuse(what: string): never {
  throw new NotDecodable(what);
}
