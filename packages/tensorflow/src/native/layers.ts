import type { BindingCalls } from './binding.ts';

/**
 * Where a layer lies between TensorFlow.js and TensorFlow, the outermost first: `precision` chooses the types that
 * ops compute in, `recording` writes down what is then really executed.
 */
const SLOTS = ['precision', 'recording'] as const;
export type LayerSlot = (typeof SLOTS)[number];

/** Answers calls of the binding, passing on what it does not answer itself to `next`. */
export type BindingLayer = (next: BindingCalls) => Partial<BindingCalls>;

/** The binding's calls, which layers may intercept. Without layers a call goes straight to the binding. */
export class LayeredCalls {
  /** The calls below all layers. */
  readonly vendor: BindingCalls;
  private readonly target: BindingCalls;
  private readonly layers = new Map<LayerSlot, BindingLayer>();

  /**
   * @param vendor what answers in the end
   * @param target the object whose methods are kept up to date
   */
  constructor(vendor: BindingCalls, target: BindingCalls) {
    this.vendor = vendor;
    this.target = target;
  }

  /**
   * Puts a layer into its slot, in place of what is there.
   *
   * @returns puts back what was there before
   */
  insert(slot: LayerSlot, layer: BindingLayer): () => void {
    const before = this.layers.get(slot);
    this.set(slot, layer);
    return () => this.set(slot, before);
  }

  private set(slot: LayerSlot, layer: BindingLayer | undefined): void {
    if (layer === undefined) this.layers.delete(slot);
    else this.layers.set(slot, layer);
    let calls = this.vendor;
    for (const inner of [...SLOTS].reverse()) calls = { ...calls, ...this.layers.get(inner)?.(calls) };
    Object.assign(this.target, calls);
  }
}
