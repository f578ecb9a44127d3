import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Checker, checker } from '@loopwright/core';
import glob from 'fast-glob';
import { ImageFileDataset, type ImageFileOptions, type ImageFiles } from './image-file-dataset.ts';

/** Options of {@link ImageFolder}. */
export interface ImageFolderOptions extends ImageFileOptions {
  /** Which files are images, in any case; `['.jpg', '.jpeg', '.png', '.webp']` by default. */
  readonly extensions?: readonly string[];
}

const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.webp'] as const;

/**
 * A folder with a folder of images for each class (torchvision's `ImageFolder`): classes are numbered in the order of
 * their names, images sorted by class, folder and name. Hidden files and folders are no images.
 *
 * @param path `path/dog/x.png`, `path/dog/more/y.jpg`, `path/cat/z.webp`
 * @throws LoopwrightError if there is no such folder, it has no folders, or one of these has no images, by name; when a
 * sample is asked for, naming the file that cannot be decoded
 * @example
 * const folder = new ImageFolder('data/pets', { transform: transforms.randomResizedCrop({ size: 2 }) });
 * folder.classNames; // ['cat', 'dog']
 * const loader = new DataLoader(folder, { batchSize: 2, shuffle: true });
 */
export class ImageFolder extends ImageFileDataset {
  constructor(path: string, options: ImageFolderOptions = {}) {
    const check = checker('data', 'ImageFolder');
    const { extensions = EXTENSIONS, ...rest } = check.options(options, [
      'extensions',
      'transform',
      'onBadImage',
    ]);
    const endings = extensions.map((extension) => check.string('extensions', extension).toLowerCase());
    super(findImages(check, check.string('path', path), endings), rest, check);
  }
}

function findImages(check: Checker, path: string, endings: readonly string[]): ImageFiles {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true)
    check.fail(`${path} is not a folder`);
  const classNames = glob.sync('*', { cwd: path, onlyDirectories: true }).sort();
  if (classNames.length === 0) check.fail(`${path} has no folders, one for each class`);
  const files = glob
    .sync('*/**', { cwd: path })
    .filter((file) => endings.some((ending) => file.toLowerCase().endsWith(ending)))
    .map((file) => ({
      file,
      folder: dirname(file),
      label: classNames.indexOf(file.split('/', 1)[0] as string),
    }))
    .sort((a, b) => a.label - b.label || compare(a.folder, b.folder) || compare(a.file, b.file));
  const seen = new Set(files.map(({ label }) => label));
  const empty = classNames.filter((_, label) => !seen.has(label));
  if (empty.length > 0)
    check.fail(`no files with ${endings.join(', ')} in ${empty.map((name) => join(path, name)).join(', ')}`);
  return {
    paths: files.map(({ file }) => join(path, file)),
    labels: files.map(({ label }) => label),
    classNames,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
