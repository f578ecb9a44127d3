export { expectLoss, type LossContract } from './contracts/loss.ts';
export { expectOptimizer, type OptimizerContract, type OptimizerSubject } from './contracts/optimizer.ts';
export { expectProgressDisplay, type ProgressDisplayContract } from './contracts/progress-display.ts';
export { expectScheduler, type SchedulerContract, type SchedulerSubject } from './contracts/scheduler.ts';
export { expectStateful, type StatefulContract } from './contracts/stateful.ts';
export { expectView, type ViewContract } from './contracts/view.ts';
export { countTensorsInEveryTest, expectNoLeak } from './leak.ts';
export { testVariable } from './test-variable.ts';
export { tinyBatch, tinyClassifier } from './tiny-models.ts';
