import { type Checker, checkKeys, type Schedule, type StateValue, show, stateRecord } from '@loopwright/core';
import { OpenLoopScheduler, type OwnState, readNumbers } from './lr-scheduler.ts';
import type { Motion } from './motion.ts';
import {
  type Group,
  initialLr,
  momentumKey,
  type SchedulableOptimizer,
  setInitialLr,
} from './optimizer-groups.ts';

/** What makes one scheduler different from the next. */
export interface ScheduleDefinition<Options, Config> {
  /** The class's name, for messages. */
  readonly name: string;
  /** Checks options and fills in the defaults. What it returns is saved, and must pass when it is read again. */
  readonly read: (check: Checker, options: Options, groupCount: number) => Config;
  /** The options that are functions: they are not saved, and stay as constructed when a state is loaded. */
  readonly functions?: readonly (keyof Config & keyof Options)[];
  /** How a group's rate moves. */
  readonly motion: (config: Config, group: GroupPlace) => Motion;
  /** The group's momentum at each step, for those that cycle it. */
  readonly momentum?: (config: Config, index: number) => Schedule | undefined;
  /** The group's initial rate; by default the one known, or else the rate it has. */
  readonly initialLr?: (config: Config, index: number, known: number | undefined) => number;
}

/** A parameter group's place, and the rate its schedule starts from. */
export interface GroupPlace {
  readonly index: number;
  readonly baseLr: number;
}

/**
 * A scheduler made of one schedule a group: all that it adds to them is a count of steps and the base rates.
 * To write a scheduler, write its schedule and extend this with a {@link ScheduleDefinition}.
 *
 * @throws what `read` throws for a bad option
 * @example
 * class HalvingLR extends ScheduleLR<{ every: number }, { every: number }> {
 *   constructor(optimizer: SchedulableOptimizer, options: { every: number }) {
 *     super(optimizer, options, {
 *       name: 'HalvingLR',
 *       read: (check, { every }) => ({ every: check.positiveInteger('every', every) }),
 *       motion: ({ every }, { baseLr }) => relative((step) => 0.5 ** Math.floor(step / every), baseLr),
 *     });
 *   }
 * }
 * const scheduler = new HalvingLR(optimizer, { every: 2 });
 */
export abstract class ScheduleLR<Options extends object, Config extends object> extends OpenLoopScheduler {
  private readonly definition: ScheduleDefinition<Options, Config>;
  private config: Config;
  private baseLrs: readonly number[];
  private plans: readonly GroupPlan[];
  private stepCount = 0;

  protected constructor(
    optimizer: SchedulableOptimizer,
    options: Options,
    definition: ScheduleDefinition<Options, Config>,
  ) {
    super(definition.name, optimizer);
    this.definition = definition;
    this.config = definition.read(this.check, options, this.groups.length);
    this.baseLrs = this.groups.map((group, index) => this.initialLrOf(group, index));
    this.plans = this.makePlans(this.config, this.baseLrs);
    this.begin();
    for (const [index, group] of this.groups.entries()) setInitialLr(group, this.baseLrs[index] as number);
  }

  protected override advance(): void {
    const step = this.stepCount + 1;
    this.move(step, ({ motion }, current) => motion.next(step, current));
  }

  override begin(): void {
    this.move(0, ({ motion }, current) => motion.start(current));
  }

  override restart(): void {
    this.move(0, ({ motion }, current) => motion.restart(current));
  }

  /** Sets the rates of step 0 to the initial ones. */
  protected startFromInitialLr(): void {
    this.setRates(this.baseLrs);
  }

  protected override get cyclesMomentum(): boolean {
    return this.plans.some((plan) => plan.momentum !== undefined);
  }

  protected override ownState(): OwnState {
    return {
      step: this.stepCount,
      baseLrs: [...this.baseLrs],
      config: structuredClone(this.savedConfig()) as StateValue,
    };
  }

  protected override prepareOwnState(state: OwnState): () => void {
    const { check, groups } = this;
    const stepCount = check.integer('state.step', state.step, { min: 0 });
    const baseLrs = readNumbers(check, 'state.baseLrs', state.baseLrs, groups.length);
    const record = stateRecord(check, 'state.config', state.config);
    checkKeys(check, 'state.config', record, Object.keys(this.savedConfig()));
    // The functions are this one's own; everything else is the saved one's.
    const options = { ...this.config, ...structuredClone(record) } as unknown as Options;
    const config = this.definition.read(check, options, groups.length);
    checkUnchanged(check, record, config);
    const plans = this.makePlans(config, baseLrs);
    return () => {
      this.stepCount = stepCount;
      this.baseLrs = baseLrs;
      this.config = config;
      this.plans = plans;
    };
  }

  private savedConfig(): Partial<Config> {
    const functions: readonly PropertyKey[] = this.definition.functions ?? [];
    const entries = Object.entries(this.config).filter(([key]) => !functions.includes(key));
    return Object.fromEntries(entries) as Partial<Config>;
  }

  /** Computes every group's values before it sets the first, so that an error changes nothing. */
  private move(step: number, rateOf: (plan: GroupPlan, current: number) => number): void {
    const { groups } = this;
    if (groups.length !== this.plans.length) {
      this.check.fail(`optimizer has ${groups.length} parameter groups, it had ${this.plans.length}`);
    }
    const moves = this.plans.map((plan, index) => {
      const group = groups[index] as Group;
      return {
        group,
        plan,
        rate: this.finite('rate', step, index, rateOf(plan, group.learningRate)),
        momentum: plan.momentum && this.finite('momentum', step, index, plan.momentum.schedule(step)),
      };
    });
    for (const { group, plan, momentum } of moves) {
      if (plan.momentum !== undefined) group[plan.momentum.key] = momentum;
    }
    this.setRates(moves.map(({ rate }) => rate));
    this.stepCount = step;
  }

  private finite(what: string, step: number, index: number, value: number): number {
    if (Number.isFinite(value)) return value;
    return this.check.fail(
      `the ${what} of step ${step} (group ${index}) must be a finite number, got ${show(value)}`,
    );
  }

  private initialLrOf(group: Group, index: number): number {
    const known = initialLr(group);
    return this.definition.initialLr?.(this.config, index, known) ?? known ?? group.learningRate;
  }

  private makePlans(config: Config, baseLrs: readonly number[]): GroupPlan[] {
    return this.groups.map((group, index) => {
      const schedule = this.definition.momentum?.(config, index);
      return {
        motion: this.definition.motion(config, { index, baseLr: baseLrs[index] as number }),
        momentum: schedule && { schedule, key: momentumKey(this.check, group) },
      };
    });
  }
}

/** A saved option that reads differently here was saved beside a function that this scheduler lacks, or lacked one. */
function checkUnchanged(check: Checker, saved: object, config: object): void {
  for (const [key, value] of Object.entries(saved)) {
    const now = (config as Readonly<Record<string, unknown>>)[key];
    if (JSON.stringify(now) !== JSON.stringify(value)) {
      check.fail(`state.config.${key} is ${show(value)}, but as constructed it is ${show(now)}`);
    }
  }
}

/** What is done to one group. */
interface GroupPlan {
  readonly motion: Motion;
  readonly momentum: { readonly schedule: Schedule; readonly key: 'momentum' | 'beta1' } | undefined;
}
