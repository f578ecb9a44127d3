export { type Contents, decode } from './decode.ts';
export { encode, type TensorsToSave } from './encode.ts';
export { load, open, type SafetensorsFile, save } from './file.ts';
export * from './raw.ts';
