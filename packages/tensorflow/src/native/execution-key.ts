const parts: (() => string)[] = [];

/**
 * Names a setting that decides which ops are run for the same call, so that functions recorded under one setting are not
 * replayed under another.
 *
 * @param part the setting as it is now, as text
 */
export function addToExecutionKey(part: () => string): void {
  parts.push(part);
}

/** All such settings as they are now. */
export function executionKey(): string {
  return parts.map((part) => part()).join();
}
