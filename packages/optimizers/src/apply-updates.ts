import { type InPlaceUpdates, inPlaceKernels } from '@loopwright/core/tensors';
import { neg, type Tensor, tidy, type Variable, variable, zerosLike } from '@tensorflow/tfjs-core';
import type { CommonHyperParameters } from './hyper-parameters.ts';
import type { InPlaceRule, UpdateKernel } from './in-place-rule.ts';
import type { ParameterState } from './parameter-state.ts';
import type { UpdateRule } from './update-rule.ts';

/** One parameter with all that a step of it needs; its state is moved on by {@link applyUpdates}. */
export interface UpdateTarget<H> {
  readonly name: string;
  readonly variable: Variable;
  /** Borrowed. */
  readonly gradient: Tensor;
  readonly state: ParameterState;
  readonly hyper: Readonly<H>;
}

/**
 * Steps parameters. This is the only place where an update is written: all parameters at once where the engine has the
 * rule's kernel, else one after the other, by computing the rule and assigning what it returns. An error of the engine's
 * kernel leaves everything as it was; one of a tensor operation leaves the parameters before it stepped.
 */
export function applyUpdates<H extends CommonHyperParameters>(
  rule: UpdateRule<H>,
  targets: readonly UpdateTarget<H>[],
): void {
  const updated = applyInPlace(rule, targets);
  for (const target of targets) if (!updated.has(target)) applyRule(rule, target);
}

type AnyUpdate = InPlaceUpdates[UpdateKernel];

/** An update in place, with all slots that it needs. */
interface UpdatePlan<H> {
  readonly target: UpdateTarget<H>;
  readonly slots: Readonly<Record<string, Variable>>;
  readonly numbers: object;
}

/** Has the engine update what it can, all of that or nothing, and returns it. */
function applyInPlace<H extends CommonHyperParameters>(
  { inPlace }: UpdateRule<H>,
  targets: readonly UpdateTarget<H>[],
): ReadonlySet<UpdateTarget<H>> {
  const kernels = inPlaceKernels();
  if (kernels === undefined || inPlace === undefined) return new Set();
  const plans = targets.flatMap((target) => planUpdate(inPlace, target));
  let done = false;
  try {
    done = kernels.update(inPlace.kernel, plans.map(updateOf));
  } finally {
    for (const { target, slots } of plans) settle(target.state, slots, done);
  }
  return new Set(done ? plans.map(({ target }) => target) : []);
}

function planUpdate<H>(inPlace: InPlaceRule<H>, target: UpdateTarget<H>): [] | [UpdatePlan<H>] {
  const { name, variable: parameter, state, hyper } = target;
  const isNew = (slot: string) => state.slots[slot] === undefined;
  const numbers = inPlace.numbers({ name, shape: parameter.shape, hyper, step: state.step + 1, isNew });
  if (numbers === undefined) return [];
  const slots: Record<string, Variable> = {};
  for (const slot of inPlace.slots(hyper)) slots[slot] = state.slots[slot] ?? emptySlot(parameter);
  return [{ target, slots, numbers }];
}

function updateOf<H extends CommonHyperParameters>({ target, slots, numbers }: UpdatePlan<H>): AnyUpdate {
  const { variable: parameter, gradient, hyper } = target;
  const fields = { parameter, gradient, sign: hyper.maximize ? -1 : 1 };
  // Slots are called as the kernel's variables, which types cannot say.
  const update: object = Object.assign(fields, slots, numbers);
  return update as AnyUpdate;
}

function emptySlot(parameter: Variable): Variable {
  return tidy(() => variable(zerosLike(parameter), false));
}

/** After an update the new slots are the parameter's; without one they are freed. */
function settle(state: ParameterState, slots: Readonly<Record<string, Variable>>, done: boolean): void {
  if (done) state.step += 1;
  for (const [slot, held] of Object.entries(slots)) {
    if (done) state.slots[slot] = held;
    else if (state.slots[slot] !== held) held.dispose();
  }
}

function applyRule<H extends CommonHyperParameters>(
  rule: UpdateRule<H>,
  { name, variable: parameter, gradient, state, hyper }: UpdateTarget<H>,
): void {
  const { slots } = state;
  const step = state.step + 1;
  tidy(() => {
    const ascent = hyper.maximize ? neg(gradient) : gradient;
    const updated = rule.apply({ name, parameter, gradient: ascent, slots, hyper, step });
    for (const [slot, value] of Object.entries(updated.slots)) {
      const held = slots[slot];
      if (held === undefined) slots[slot] = variable(value, false);
      else if (held !== value) held.assign(value);
    }
    if (updated.parameter !== parameter) parameter.assign(updated.parameter);
  });
  state.step = step;
}
