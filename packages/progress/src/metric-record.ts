/** A tensor of one value, as far as it is used: the value can be read while it lives. */
export interface ScalarLike {
  dataSync(): ArrayLike<number | string>;
}

/** What one step or epoch has to tell, by name. */
export type MetricRecord = Readonly<Record<string, number | string | boolean | ScalarLike>>;
