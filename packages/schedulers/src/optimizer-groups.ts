import {
  type Checker,
  checkKeys,
  type HasParamGroups,
  type StateValue,
  show,
  stateRecord,
} from '@loopwright/core';
import { adaptStockOptimizer, isStockOptimizer, type StockOptimizer } from './stock-optimizer.ts';

/** What a scheduler can drive: an optimizer with parameter groups, or one of TensorFlow.js's own. */
export type SchedulableOptimizer = HasParamGroups | StockOptimizer;

/** A parameter group, as far as a scheduler is concerned. */
export type Group = HasParamGroups['paramGroups'][number];

/** The rate a group had when its first scheduler was made; PyTorch keeps it in the group as `initial_lr`. */
const initialLrs = new WeakMap<Group, number>();

/** The optimizer's groups, adapted where they must be. */
export function schedulable(check: Checker, optimizer: SchedulableOptimizer): HasParamGroups {
  const candidate = optimizer as Partial<HasParamGroups> | null | undefined;
  if (!Array.isArray(candidate?.paramGroups)) {
    if (isStockOptimizer(optimizer)) return adaptStockOptimizer(check, optimizer);
    return check.fail(`optimizer must have paramGroups or be one of TensorFlow.js's, got ${show(optimizer)}`);
  }
  const groups = candidate.paramGroups as readonly Group[];
  if (groups.length === 0) check.fail('optimizer must have at least one parameter group, got none');
  for (const [index, group] of groups.entries()) {
    check.number(`optimizer.paramGroups[${index}].learningRate`, group.learningRate);
  }
  return optimizer as HasParamGroups;
}

/** The group's initial rate, or undefined before it has had a scheduler. */
export function initialLr(group: Group): number | undefined {
  return initialLrs.get(group);
}

/** Records the rate that schedulers made later start from. */
export function setInitialLr(group: Group, value: number): void {
  initialLrs.set(group, value);
}

/** The name under which a group holds what PyTorch calls momentum or the first of `betas`. */
export function momentumKey(check: Checker, group: Group): 'beta1' | 'momentum' {
  if (typeof group.beta1 === 'number') return 'beta1';
  if (typeof group.momentum === 'number') return 'momentum';
  return check.fail(
    `${group.name ?? 'the optimizer'} has no momentum or beta1 that can be set; pass cycleMomentum: false`,
  );
}

/** What a group held when a state was taken. */
interface GroupSnapshot {
  readonly learningRate: number;
  readonly initialLr: number | null;
  readonly momentum: number | null;
}

/** Copies what the groups hold now, so that loading a state leaves nothing to the order in which states are loaded. */
export function readGroups(
  check: Checker,
  groups: readonly Group[],
  withMomentum: boolean,
): Record<string, StateValue>[] {
  return groups.map((group) => ({
    learningRate: group.learningRate,
    initialLr: initialLrs.get(group) ?? null,
    momentum: withMomentum ? (group[momentumKey(check, group)] as number) : null,
  }));
}

/** Checks what {@link readGroups} returned against the groups there are, and returns the function that sets it. */
export function prepareGroups(check: Checker, groups: readonly Group[], state: StateValue): () => void {
  if (!Array.isArray(state) || state.length !== groups.length) {
    const saved = Array.isArray(state) ? `${state.length}` : show(state);
    return check.fail(`state.groups has ${saved} parameter groups, the optimizer has ${groups.length}`);
  }
  const changes = groups.map((group, index) => {
    const what = `state.groups[${index}]`;
    const snapshot = readSnapshot(check, what, state[index]);
    const key = snapshot.momentum === null ? undefined : momentumKey(check, group);
    return () => {
      group.learningRate = snapshot.learningRate;
      if (snapshot.initialLr !== null) initialLrs.set(group, snapshot.initialLr);
      if (key !== undefined) group[key] = snapshot.momentum;
    };
  });
  return () => {
    for (const change of changes) change();
  };
}

function readSnapshot(check: Checker, what: string, value: StateValue | undefined): GroupSnapshot {
  const record = stateRecord(check, what, value);
  checkKeys(check, what, record, ['learningRate', 'initialLr', 'momentum']);
  const optional = (key: string) =>
    record[key] === null ? null : check.number(`${what}.${key}`, record[key]);
  return {
    learningRate: check.number(`${what}.learningRate`, record.learningRate),
    initialLr: optional('initialLr'),
    momentum: optional('momentum'),
  };
}
