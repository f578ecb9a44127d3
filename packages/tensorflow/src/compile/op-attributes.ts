import { AttributeKind, type OpAttribute } from '../native/attributes.ts';
import { type ArgDef, type AttrValue, type OpDef, shapeOf } from './graph-def.ts';

/** An attribute as the binding takes it, in the form of a graph. */
export function attrValue({ name, type, value }: OpAttribute): AttrValue {
  const list = Array.isArray(value);
  switch (type) {
    case AttributeKind.string:
      return list ? { list: { s: (value as string[]).map(bytes) } } : { s: bytes(value as string) };
    case AttributeKind.int:
      return list ? { list: { i: value } } : { i: value as number };
    case AttributeKind.float:
      return list ? { list: { f: value } } : { f: value as number };
    case AttributeKind.bool:
      return list ? { list: { b: value } } : { b: value as boolean };
    case AttributeKind.type:
      return list ? { list: { type: value } } : { type: value as number };
    case AttributeKind.shape: {
      const nested = list && Array.isArray(value[0]);
      return nested
        ? { list: { shape: (value as number[][]).map(shapeOf) } }
        : { shape: shapeOf(value as number[]) };
    }
    default:
      throw new Error(`attribute ${name} is of an unknown kind (${type})`);
  }
}

/**
 * The attributes of an op with those filled in that follow from its inputs: their types and how many there are.
 * TensorFlow does so for ops that it runs at once, but not for a graph.
 *
 * @param types the element type of each input
 */
export function completeAttributes(
  definition: OpDef,
  attributes: readonly OpAttribute[],
  types: readonly number[],
): Record<string, AttrValue> {
  const complete: Record<string, AttrValue> = {};
  for (const attribute of attributes) {
    if (attribute.value !== undefined && attribute.value !== null)
      complete[attribute.name] = attrValue(attribute);
  }
  let position = 0;
  for (const arg of definition.inputArg) {
    const count = inputCount(definition, arg, complete, types.length);
    const own = types.slice(position, position + count);
    if (arg.numberAttr !== '') complete[arg.numberAttr] ??= { i: count };
    if (arg.typeAttr !== '' && own[0] !== undefined) complete[arg.typeAttr] ??= { type: own[0] };
    if (arg.typeListAttr !== '') complete[arg.typeListAttr] ??= { list: { type: own } };
    position += count;
  }
  return complete;
}

/** How many tensors an input takes. At most one input of an op may leave that open, and takes what is left over. */
function inputCount(
  definition: OpDef,
  arg: ArgDef,
  attributes: Readonly<Record<string, AttrValue>>,
  inputs: number,
): number {
  if (arg.numberAttr !== '' && attributes[arg.numberAttr]?.i !== undefined) {
    return Number(attributes[arg.numberAttr]?.i);
  }
  const types = arg.typeListAttr === '' ? undefined : attributes[arg.typeListAttr]?.list?.type;
  if (types !== undefined) return types.length;
  return arg.numberAttr === '' && arg.typeListAttr === '' ? 1 : inputs - (definition.inputArg.length - 1);
}

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
