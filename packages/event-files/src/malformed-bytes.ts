/** Bytes that break the rules of the format. The reader turns it into damage of the file. */
export class MalformedBytes extends Error {}
