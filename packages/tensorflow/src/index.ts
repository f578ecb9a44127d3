import { loadNative } from './load-native.ts';

export const tf = loadNative();
