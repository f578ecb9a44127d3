export { FiniteGuard, type FiniteGuardOptions, type NotFinite } from './finite-guard.ts';
export { type LossSpike, LossSpikes, type LossSpikesOptions } from './loss-spikes.ts';
export { type StopRequest, type StopRequestOptions, stopRequest } from './stop-request.ts';
export type { StopSource } from './stop-source.ts';
