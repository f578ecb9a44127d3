import { checker, show } from '@loopwright/core';
import { describeTransform, type ImageTransform, type PlainData, type Transform } from './image-transform.ts';

/**
 * A transform of your own that workers can use: they import the module too and call the same factory.
 *
 * The module should not import TensorFlow.js, which workers do not load; the helpers of this package are free of it
 * under `@loopwright/data/transforms`.
 *
 * @param url of the module, absolute: usually `new URL('./x.js', import.meta.url)`
 * @param exportName of a function that takes the options and returns `(image, stream) => image`
 * @param options plain data
 * @throws LoopwrightError if the module cannot be imported, has no such function, or that returns none
 * @example
 * const source = 'export const darken = ({ by }) => (image) => ({ ...image, data: image.data.map((v) => v - by) });';
 * const url = `data:text/javascript,${encodeURIComponent(source)}`;
 * const darken = await transforms.fromModule(url, 'darken', { by: 1 });
 * const image = { data: Uint8Array.of(7, 8), height: 1, width: 2, channels: 1 };
 * darken(image, new RandomStream(seed)).data; // [6, 7]
 */
export async function fromModule(
  url: string | URL,
  exportName: string,
  options: { readonly [key: string]: PlainData } = {},
): Promise<ImageTransform> {
  const check = checker('data', 'fromModule');
  const address = String(url);
  check.string('exportName', exportName);
  const module = await importModule(address);
  const factory = module[exportName];
  if (typeof factory !== 'function') return check.fail(`${address} exports no function ${show(exportName)}`);
  const apply: unknown = factory(options);
  if (typeof apply !== 'function')
    return check.fail(`${exportName} of ${address} must return a function, got ${show(apply)}`);
  return describeTransform('fromModule', { url: address, exportName, options }, apply as Transform);
}

async function importModule(address: string): Promise<Record<string, unknown>> {
  try {
    return await import(address);
  } catch (cause) {
    return checker('data', 'fromModule').fail(`cannot import ${address}: ${(cause as Error).message}`, {
      cause,
    });
  }
}
