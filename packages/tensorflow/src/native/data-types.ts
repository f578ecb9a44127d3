/** TensorFlow's element types, by the numbers that its C interface gives them (`TF_DataType`). */
export const DataType = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  complex64: 8,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
} as const;

/** One of {@link DataType}'s numbers, or another that TensorFlow has. */
export type DataTypeNumber = number;
