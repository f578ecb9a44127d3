/** A hyper-parameter as a table shows it. */
export type Setting = string | number | boolean | null;

/** More are not read by anybody, and would make a table of them useless. */
const MOST_SETTINGS = 300;

/**
 * The hyper-parameters in a run's card: the options of its last start, nested ones under their path with dots; lists of
 * plain values as one text. A card of another make counts as options itself.
 */
export function settingsOf(card: unknown): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  const start = lastStart(card);
  if (start === undefined) flatten(card, '', settings);
  else {
    flatten(start.options, '', settings);
    if (Array.isArray(start.seeds))
      settings.set('seeds', start.seeds.length === 1 ? plain(start.seeds[0]) : plain(start.seeds));
  }
  return settings;
}

/** The last entry of `starts`, as `runCard` of `@loopwright/logging` writes it. */
function lastStart(card: unknown): Record<string, unknown> | undefined {
  const starts = isRecord(card) ? card.starts : undefined;
  const last: unknown = Array.isArray(starts) ? starts.at(-1) : undefined;
  return isRecord(last) ? last : undefined;
}

function flatten(value: unknown, path: string, settings: Map<string, Setting>): void {
  if (settings.size >= MOST_SETTINGS) return;
  if (isRecord(value)) {
    for (const [name, part] of Object.entries(value))
      flatten(part, path === '' ? name : `${path}.${name}`, settings);
  } else if (path !== '') settings.set(path, plain(value));
}

function plain(value: unknown): Setting {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return value === undefined || value === null ? null : JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
