import type { NativeExtension } from '../native/binding.ts';
import { decodeOpList, type OpDef } from './graph-def.ts';

let definitions: ReadonlyMap<string, OpDef> | undefined;

/** What TensorFlow knows of an op, if it is one of its own. */
export function opDefinition(extension: NativeExtension, name: string): OpDef | undefined {
  definitions ??= new Map(decodeOpList(extension.opDefinitions()).map((op) => [op.name, op]));
  return definitions.get(name);
}
