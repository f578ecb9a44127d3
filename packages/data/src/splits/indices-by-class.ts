import type { RandomStream } from '@loopwright/core';

/** The samples of each class in random order; the classes in that of their labels. */
export function shuffledByClass(labels: ArrayLike<number>, stream: RandomStream): Map<number, number[]> {
  const classes = new Map<number, number[]>();
  for (const label of Array.from(labels).sort((a, b) => a - b)) classes.set(label, []);
  for (let index = 0; index < labels.length; index++) classes.get(labels[index] as number)?.push(index);
  for (const [label, members] of classes) {
    const order = stream.permutation(members.length);
    classes.set(
      label,
      Array.from(order, (place) => members[place] as number),
    );
  }
  return classes;
}
