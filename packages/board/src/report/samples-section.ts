import { imageType } from '../runs/image-type.ts';
import type { ImageBytes } from '../runs/records.ts';
import type { Run } from '../runs/run.ts';
import { html, Markup } from './html.ts';
import { firstOf, type ReportSource } from './source.ts';

const MOST_TAGS = 40;
const MOST_OF_A_TAG = 16;
const MOST_BYTES = 6e6;

interface Sample {
  readonly run: Run;
  readonly tag: string;
  readonly position: number;
  readonly images: readonly ImageBytes[];
}

/** The images that were logged last under each name, inside the page. */
export function samplesSection(source: ReportSource): Markup | undefined {
  const samples = firstOf(source, source.runs.flatMap(lastSamples), MOST_TAGS, 'groups of images');
  const room = { bytes: MOST_BYTES };
  const figures = samples.flatMap((sample) => figureOf(source, sample, room) ?? []);
  return figures.length === 0 ? undefined : html`<div class="samples">\n${figures}</div>\n`;
}

function lastSamples(run: Run): Sample[] {
  return run.records.flatMap(({ images }) =>
    [...images].flatMap(([tag, samples]) => {
      const last = samples.all.at(-1);
      return last === undefined ? [] : [{ run, tag, position: last.position, images: last.item }];
    }),
  );
}

function figureOf(
  source: ReportSource,
  { run, tag, position, images }: Sample,
  room: { bytes: number },
): Markup | undefined {
  const pictures = firstOf(source, images, MOST_OF_A_TAG, `images of ${tag}`).flatMap((bytes) => {
    const type = imageType(bytes);
    if (type === undefined) source.leaveOut(`an image of ${tag} that is no PNG, JPEG or GIF`);
    else if (bytes.byteLength > room.bytes) source.leaveOut(`an image of ${tag}, for which there is no room`);
    else {
      room.bytes -= bytes.byteLength;
      return [pictureOf(type, bytes)];
    }
    return [];
  });
  if (pictures.length === 0) return undefined;
  return html`<figure>${pictures}<figcaption>${tag} <small>${run.name}, step ${position}</small></figcaption></figure>\n`;
}

function pictureOf(type: string, bytes: ImageBytes): Markup {
  return new Markup(`<img src="data:${type};base64,${Buffer.from(bytes).toString('base64')}" alt="">`);
}
