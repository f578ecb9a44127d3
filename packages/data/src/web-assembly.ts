/** The part of WebAssembly that is used. Node has it, but its types come with a browser's. */
interface WebAssemblyApi {
  readonly Memory: new (size: { readonly initial: number }) => WebAssemblyMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** Memory of a kernel. */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  /** Adds pages of 64 KiB; views of the buffer that was are empty from then on. */
  grow(pages: number): number;
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

const PAGE = 65_536;
/** Vectors are loaded and stored whole, and may reach so far past the data. */
const VECTOR = 16;

/** Inner loops, compiled, and the memory that they work on. */
export interface LoadedKernel<Functions> {
  readonly functions: Functions;
  readonly memory: WebAssemblyMemory;
}

/** @param module in base64 */
export function loadKernel<Functions>(module: string): LoadedKernel<Functions> {
  const bytes = Uint8Array.from(atob(module), (character) => character.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  return { functions: instance.exports as Functions, memory };
}

/** Gives an address with room for so many bytes. */
export type Place = (bytes: number) => number;

/** Gives addresses one after another, each that of a whole vector, with room for one more behind. */
export function allocator(from = 0): Place {
  let next = from;
  return (bytes) => {
    const address = next;
    next += Math.ceil((bytes + VECTOR) / VECTOR) * VECTOR;
    return address;
  };
}

/** Makes a memory so large that what lies before an address fits into it. */
export function reserve(memory: WebAssemblyMemory, address: number): void {
  const missing = address + VECTOR - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}
