/** A source was asked in the proper way and has no wheel that fits; another name or source may have. */
export class NoSuchWheel extends Error {
  override readonly name = 'NoSuchWheel';
}

/** All of a file came, and it is not what it should be. Another try, not another source, is the way on. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile';
}
