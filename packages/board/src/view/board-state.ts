export const TABS = ['curves', 'table', 'images', 'histograms', 'checkpoints', 'text'] as const;
export type Tab = (typeof TABS)[number];

/** What the user has chosen to see. It stands in the page's address, so that it survives a reload and can be kept. */
export interface BoardState {
  readonly tab: Tab;
  /** Which runs are listed and drawn. */
  readonly runFilter: string;
  readonly tagFilter: string;
  /** Ids of the runs that are listed but not drawn. */
  readonly hidden: readonly string[];
  readonly axis: 'step' | 'epoch' | 'time';
  readonly smoothing: number;
  /** Whether runs that differ in their seed alone are drawn as one. */
  readonly bands: boolean;
  /** Metrics on a logarithmic axis. */
  readonly log: readonly string[];
  /** What the table shows of a metric. */
  readonly figure: 'last' | 'min' | 'max';
  /** Whether the table leaves out hyper-parameters that are the same everywhere. */
  readonly differing: boolean;
}

export const DEFAULT_STATE: BoardState = {
  tab: 'curves',
  runFilter: '',
  tagFilter: '',
  hidden: [],
  axis: 'step',
  smoothing: 0,
  bands: false,
  log: [],
  figure: 'last',
  differing: true,
};

/** The part of an address after `#`: what differs from the default. */
export function writeState(state: BoardState): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(state)) {
    const text = JSON.stringify(value);
    if (text !== JSON.stringify(DEFAULT_STATE[name as keyof BoardState])) {
      parameters.set(name, typeof value === 'string' ? value : text);
    }
  }
  return parameters.toString();
}

/** Reads what {@link writeState} wrote; what makes no sense is as by default. */
export function readState(hash: string): BoardState {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (name: string) => parameters.get(name) ?? '';
  const oneOf = <T extends string>(name: string, allowed: readonly T[], otherwise: T): T =>
    allowed.find((one) => one === text(name)) ?? otherwise;
  const smoothing = Number(text('smoothing'));
  return {
    tab: oneOf('tab', TABS, DEFAULT_STATE.tab),
    runFilter: text('runFilter'),
    tagFilter: text('tagFilter'),
    hidden: textList(text('hidden')),
    axis: oneOf('axis', ['step', 'epoch', 'time'], DEFAULT_STATE.axis),
    smoothing: smoothing > 0 && smoothing < 1 ? smoothing : 0,
    bands: text('bands') === 'true',
    log: textList(text('log')),
    figure: oneOf('figure', ['last', 'min', 'max'], DEFAULT_STATE.figure),
    differing: text('differing') !== 'false',
  };
}

function textList(json: string): string[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}
