/**
 * What a machine computes with: to stand beside figures, and in what is kept by machine. Only for Node.
 * @packageDocumentation
 */
export { type CpuInfo, cpuInfo, decisiveFeatures, describeCpu } from './cpu-info.ts';
