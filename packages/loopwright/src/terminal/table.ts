/** Lays out rows of a name and a value in two columns; a value's further lines stand below its first. */
export function table(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const indent = ' '.repeat(width + 2);
  return rows
    .map(([name, value]) => `${name.padEnd(width)}  ${value.replaceAll('\n', `\n${indent}`)}\n`)
    .join('');
}
