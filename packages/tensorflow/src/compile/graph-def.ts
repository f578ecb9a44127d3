import protobuf from 'protobufjs';

/**
 * The part of TensorFlow's graph format that is needed here, after `graph.proto`, `node_def.proto`,
 * `attr_value.proto`, `tensor.proto` and `op_def.proto` of tensorflow/core/framework.
 */
const schema = protobuf.Root.fromJSON({
  nested: {
    Dim: { fields: { size: { type: 'int64', id: 1 } } },
    Shape: {
      fields: { dim: { rule: 'repeated', type: 'Dim', id: 2 }, unknownRank: { type: 'bool', id: 3 } },
    },
    Tensor: {
      fields: {
        dtype: { type: 'int32', id: 1 },
        tensorShape: { type: 'Shape', id: 2 },
        tensorContent: { type: 'bytes', id: 4 },
      },
    },
    ListValue: {
      fields: {
        s: { rule: 'repeated', type: 'bytes', id: 2 },
        i: { rule: 'repeated', type: 'int64', id: 3 },
        f: { rule: 'repeated', type: 'float', id: 4 },
        b: { rule: 'repeated', type: 'bool', id: 5 },
        type: { rule: 'repeated', type: 'int32', id: 6 },
        shape: { rule: 'repeated', type: 'Shape', id: 7 },
      },
    },
    AttrValue: {
      oneofs: { value: { oneof: ['s', 'i', 'f', 'b', 'type', 'shape', 'tensor', 'list'] } },
      fields: {
        list: { type: 'ListValue', id: 1 },
        s: { type: 'bytes', id: 2 },
        i: { type: 'int64', id: 3 },
        f: { type: 'float', id: 4 },
        b: { type: 'bool', id: 5 },
        type: { type: 'int32', id: 6 },
        shape: { type: 'Shape', id: 7 },
        tensor: { type: 'Tensor', id: 8 },
      },
    },
    NodeDef: {
      fields: {
        name: { type: 'string', id: 1 },
        op: { type: 'string', id: 2 },
        input: { rule: 'repeated', type: 'string', id: 3 },
        attr: { keyType: 'string', type: 'AttrValue', id: 5 } as protobuf.IMapField,
      },
    },
    VersionDef: { fields: { producer: { type: 'int32', id: 1 } } },
    GraphDef: {
      fields: {
        node: { rule: 'repeated', type: 'NodeDef', id: 1 },
        versions: { type: 'VersionDef', id: 4 },
      },
    },
    ArgDef: {
      fields: {
        name: { type: 'string', id: 1 },
        type: { type: 'int32', id: 3 },
        typeAttr: { type: 'string', id: 4 },
        numberAttr: { type: 'string', id: 5 },
        typeListAttr: { type: 'string', id: 6 },
      },
    },
    OpDef: {
      fields: {
        name: { type: 'string', id: 1 },
        inputArg: { rule: 'repeated', type: 'ArgDef', id: 2 },
      },
    },
    OpList: { fields: { op: { rule: 'repeated', type: 'OpDef', id: 1 } } },
  },
});

/** An attribute's value: one of the fields. */
export interface AttrValue {
  readonly s?: Uint8Array;
  readonly i?: number;
  readonly f?: number;
  readonly b?: boolean;
  readonly type?: number;
  readonly shape?: Shape;
  readonly tensor?: { dtype: number; tensorShape: Shape; tensorContent: Uint8Array };
  readonly list?: {
    s?: Uint8Array[];
    i?: readonly number[];
    f?: readonly number[];
    b?: readonly boolean[];
    type?: readonly number[];
    shape?: Shape[];
  };
}

export interface Shape {
  readonly dim?: { size: number }[];
  readonly unknownRank?: boolean;
}

/** One op of a graph. Inputs are `node:index`, and `^node` for what only has to have run before. */
export interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: string[];
  readonly attr: Record<string, AttrValue>;
}

/** An input of an op, or several: how its type and number are told by attributes. Empty strings mean "not". */
export interface ArgDef {
  readonly name: string;
  readonly type: number;
  readonly typeAttr: string;
  readonly numberAttr: string;
  readonly typeListAttr: string;
}

export interface OpDef {
  readonly name: string;
  readonly inputArg: readonly ArgDef[];
}

/** Any producer from the last years will do: it only switches off the defaults of graphs that are older. */
const PRODUCER = 2000;

export function encodeGraph(nodes: readonly NodeDef[]): Uint8Array {
  const type = schema.lookupType('GraphDef');
  return type.encode(type.create({ node: nodes, versions: { producer: PRODUCER } })).finish();
}

export function decodeOpList(bytes: Uint8Array): readonly OpDef[] {
  return (schema.lookupType('OpList').decode(bytes) as unknown as { op: OpDef[] }).op;
}

export function shapeOf(dimensions: readonly number[]): Shape {
  return { dim: dimensions.map((size) => ({ size })) };
}
