/**
 * A quantity as a pure function of the number of steps taken: the learning rate, usually.
 * `schedule(0)` is the value used for the first step.
 */
export type Schedule = (step: number) => number;
