export { type CrossEntropyOptions, crossEntropy } from './cross-entropy.ts';
export { empiricalFisher } from './empirical-fisher.ts';
export { type EwcPenaltyOptions, ewcPenalty, snapshotVariables } from './ewc-penalty.ts';
export { type KlDivergenceOptions, type KlReduction, klDivergence } from './kl-divergence.ts';
export { type L2PenaltyOptions, l2Penalty } from './l2-penalty.ts';
export type { Reduced, Reduction } from './reduction.ts';
