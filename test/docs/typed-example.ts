/** Examples of docstrings, made into modules that stand alone: what `prelude.ts` gives them at run time is imported or declared. */
import { readFileSync } from 'node:fs';
import glob from 'fast-glob';
import type { Example } from './examples.ts';
import { root } from './run-examples.ts';

/** The types of what a reader of a training loop would assume to be there. */
const assumed: Readonly<Record<string, string>> = {
  model: 'tf.Sequential',
  student: 'tf.Sequential',
  forward: '(images: tf.Tensor) => tf.Tensor2D',
  optimizer: "import('@loopwright/optimizers').SGD",
  images: 'tf.Tensor4D',
  labels: 'tf.Tensor1D',
  logits: 'tf.Tensor2D',
  loss: 'tf.Scalar',
  batches: '{ images: tf.Tensor4D; labels: tf.Tensor1D }[]',
  train: '{ images: tf.Tensor4D; labels: tf.Tensor1D }[]',
  validation: '{ images: tf.Tensor4D; labels: tf.Tensor1D }[]',
  dataset: "import('@loopwright/data').ImageArrayDataset",
  metrics: "import('@loopwright/metrics').MetricStream",
  check: "import('@loopwright/core').Checker",
  seed: 'number',
  index: 'number',
  step: 'number',
  epoch: 'number',
  epochs: 'number',
};

/** Where each exported name comes from; of one name in two packages the fundamental one wins, as at run time. */
const origins = originsOf([
  'core',
  'core/tensors',
  'data',
  'data/datasets',
  'losses',
  'metrics',
  'optimizers',
  'schedulers',
  ...glob.sync('*', { cwd: `${root}/packages`, onlyDirectories: true }),
]);

/** The example as a module of its own, with imports in front of its first line. */
export function typedExample({ path, code }: Example): string {
  const used = new Set([...code.matchAll(/(?<![.\w'/-])(\w+)\b/g)].map(([, name]) => name as string));
  for (const name of declaredIn(code)) used.delete(name);
  const own = new Map(
    exportedNames(readFileSync(`${root}/${path}`, 'utf8')).map((name) => [name, `${root}/${path}`]),
  );
  const lines = [...used].flatMap((name) => {
    const origin = own.get(name) ?? origins.get(name);
    if (name !== 'tf' && origin !== undefined) return `import { ${name} } from '${origin}';`;
    return Object.hasOwn(assumed, name) ? `declare const ${name}: ${assumed[name]};` : [];
  });
  return ["import { tf } from '@loopwright/tensorflow';", ...lines, code, '\nexport {};\n'].join(' ');
}

function originsOf(packages: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const name of packages) {
    const [folder = '', entry = 'index'] = name.split('/');
    for (const file of glob.sync(`packages/${folder}/src/${entry}{,/index}.ts`, { cwd: root })) {
      for (const exported of exportedNames(readFileSync(`${root}/${file}`, 'utf8'))) {
        if (!found.has(exported)) found.set(exported, `@loopwright/${name}`);
      }
    }
  }
  return found;
}

/** The names that a module of ours exports; of `export * from` those of the other module are not among them. */
function exportedNames(source: string): string[] {
  const direct = source.matchAll(
    /^export (?:abstract |async )*(?:function|const|class|interface|type|\* as) (\w+)/gm,
  );
  const lists = source.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
  return [
    ...[...direct].map(([, name]) => name as string),
    ...[...lists].flatMap(([, list]) => namesOf(list as string)),
  ];
}

/** The names that a module has; those of a block within it may hide others. */
function declaredIn(code: string): string[] {
  const single = code.matchAll(/^(?:async )?(?:const|let|class|function) (\w+)/gm);
  const patterns = code.matchAll(/^(?:const|let) [[{]([^=]*?)[\]}] =/gm);
  const imports = code.matchAll(/^import \{([^}]*)\}/gm);
  return [
    ...[...single].map(([, name]) => name as string),
    ...[...patterns, ...imports].flatMap(([, list]) => namesOf(list as string)),
  ];
}

/** Of `a, type b, c as d, e: f` the names that it makes: a, b, d and f. */
function namesOf(list: string): string[] {
  const names = list.split(',').map((item) => /(\w+)\s*$/.exec(item)?.[1]);
  return names.filter((name) => name !== undefined);
}
