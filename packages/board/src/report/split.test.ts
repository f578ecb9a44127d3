import { describe, expect, it } from 'vitest';
import { splitOfFolder, splitOfTag } from './split.ts';

describe('splitOfTag', () => {
  it.each([
    ['train.loss', 'loss', 'train'],
    ['val.accuracy', 'accuracy', 'validation'],
    ['val_loss', 'loss', 'validation'],
    ['validation/top-5', 'top-5', 'validation'],
    ['Loss/test', 'Loss', 'test'],
    ['loss', 'loss', undefined],
    ['training_steps', 'steps', 'train'],
    ['valence', 'valence', undefined],
    ['swa.accuracy', 'swa.accuracy', undefined],
    ['train', 'train', undefined],
    ['train.', 'train.', undefined],
  ])('%s is %s of %s', (tag, name, split) => expect(splitOfTag(tag)).toEqual({ name, split }));
});

describe('splitOfFolder', () => {
  it.each([
    ['.', '.', undefined],
    ['train', '.', 'train'],
    ['seed-1/base/validation', 'seed-1/base', 'validation'],
    ['seed-1/base', 'seed-1/base', undefined],
  ])('%s is %s of %s', (folder, name, split) => expect(splitOfFolder(folder)).toEqual({ name, split }));
});
