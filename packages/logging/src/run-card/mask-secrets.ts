/** How names of what nobody should read in a file that is shown around end, their words in small letters. */
const SECRET =
  /(^| )(password|passwd|passphrase|secret|token|credentials?|authorization|(api|private|access|secret) key|apikey)$/;

/** What stands in the place of a secret. */
export const MASK = '***';

/** Whether a value with this name is a secret. */
export function isSecret(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[-_.]+/g, ' ');
  return SECRET.test(words.toLowerCase());
}

/** A command's words with the values of secret options, and what is secret inside URLs, masked. */
export function maskCommand(words: readonly string[]): string[] {
  return words.map((word, index) => {
    const [, option] = /^--?([\w-]+)=/.exec(word) ?? [];
    if (option !== undefined && isSecret(option)) return `${word.slice(0, word.indexOf('=') + 1)}${MASK}`;
    const [, previous] = /^--?([\w-]+)$/.exec(words[index - 1] ?? '') ?? [];
    if (previous !== undefined && isSecret(previous) && !word.startsWith('-')) return MASK;
    return maskUrls(word);
  });
}

/** JSON with the values of secret keys, and what is secret inside URLs, masked. */
export function maskSecrets(value: unknown): unknown {
  if (typeof value === 'string') return maskUrls(value);
  if (Array.isArray(value)) return value.map(maskSecrets);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, isSecret(name) ? MASK : maskSecrets(inner)]),
  );
}

/** Text without the user's name and password of URLs, and without their parameters that are secret. */
function maskUrls(text: string): string {
  return text
    .replace(/(\w+:\/\/)[^\s/@]+@/g, `$1${MASK}@`)
    .replace(/([?&])([\w-]+)=[^\s&#]*/g, (all, mark: string, name: string) =>
      isSecret(name) ? `${mark}${name}=${MASK}` : all,
    );
}
