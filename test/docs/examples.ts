import { isValue } from './stated-value.ts';

/** An example of a document or a docstring, in lines that stand where they stand there. */
export interface Example {
  /** The file it comes from, relative to the repository. */
  readonly path: string;
  /** The line it starts on. */
  readonly line: number;
  readonly code: string;
}

/** The `@example`s of a source file; `stated` as of {@link markdownExample}. */
export function docstringExamples(path: string, source: string, { stated = true } = {}): Example[] {
  const blocks = source.matchAll(/^ *\* @example\n((?: *\*(?!\/| @).*\n)+)/gm);
  return [...blocks].map((block) => {
    const line = lineAt(source, block.index);
    const code = (block[1] ?? '').replace(/^ *\* ?/gm, '');
    const placed = '\n'.repeat(line) + code;
    return { path, line, code: stated ? checkStatedValues(placed, path) : placed };
  });
}

/**
 * The TypeScript blocks of a Markdown file, which are one program; none if there are none.
 *
 * @param stated whether the program is made to check the values that its comments state; it is by default
 */
export function markdownExample(path: string, markdown: string, { stated = true } = {}): Example[] {
  const blocks = [...markdown.matchAll(/^```ts\n([\s\S]*?)^```$/gm)];
  const lines = markdown.split('\n').map(() => '');
  for (const block of blocks) {
    const code = (block[1] ?? '').split('\n').slice(0, -1);
    lines.splice(lineAt(markdown, block.index), code.length, ...code);
  }
  const [first] = blocks;
  if (first === undefined) return [];
  const code = lines.join('\n');
  const line = lineAt(markdown, first.index) + 1;
  return [{ path, line, code: stated ? checkStatedValues(code, path) : code }];
}

/** `expression; // value`, `console.log(expression); // value` and `const name = expression; // value`. */
const STATEMENT = /^(?<indent> *)(?:const (?<name>\w+) = )?(?<expression>.+?); *\/\/ (?<comment>.*)$/;
const NO_EXPRESSION = /^(const|let|for|while|if|else|return|throw|import|export|type)\b/;

/** Makes every statement whose comment states its value check that value. */
function checkStatedValues(code: string, path: string): string {
  const lines = code.split('\n').map((line, i) => {
    const { indent, name, expression, comment } = STATEMENT.exec(line)?.groups ?? {};
    if (expression === undefined || comment === undefined || !isValue(comment)) return line;
    if (NO_EXPRESSION.test(expression) || !isWhole(expression)) return line;
    const shown = /^console\.log\((?<value>.+)\)$/.exec(expression)?.groups?.value ?? expression;
    const statement = `expectStated(${name ?? shown}, ${JSON.stringify(comment)}, '${path}:${i + 1}');`;
    return name === undefined
      ? `${indent}${statement}`
      : `${indent}const ${name} = ${expression}; ${statement}`;
  });
  return lines.join('\n');
}

/** Whether a line is not the last of a longer statement. */
function isWhole(expression: string): boolean {
  return (expression.match(/[([{]/g) ?? []).length === (expression.match(/[)\]}]/g) ?? []).length;
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}
