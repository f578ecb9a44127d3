/** The kinds of an op's attribute, by the numbers that TensorFlow's C interface gives them (`TF_AttrType`). */
export const AttributeKind = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;

/** An attribute as the binding's `executeOp` takes it. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/**
 * Attributes of an op.
 *
 * @example
 * const strides = attribute.ints('strides', [1, 2, 2, 1]);
 */
export const attribute = {
  string: (name: string, value: string): OpAttribute => ({ name, type: AttributeKind.string, value }),
  int: (name: string, value: number): OpAttribute => ({ name, type: AttributeKind.int, value }),
  ints: (name: string, value: readonly number[]): OpAttribute => ({ name, type: AttributeKind.int, value }),
  float: (name: string, value: number): OpAttribute => ({ name, type: AttributeKind.float, value }),
  bool: (name: string, value: boolean): OpAttribute => ({ name, type: AttributeKind.bool, value }),
  /** @param value one of `DataType`'s numbers */
  type: (name: string, value: number): OpAttribute => ({ name, type: AttributeKind.type, value }),
  shape: (name: string, value: readonly number[]): OpAttribute => ({
    name,
    type: AttributeKind.shape,
    value,
  }),
};
