/** Characters that no document may hold, and halves of characters. */
const UNPRINTABLE = /[^\P{Cc}\t\n\r]|\p{Surrogate}|\p{Noncharacter_Code_Point}/gu;
/** Longer texts are cut, so that no run makes a page large by what it is called. */
const LONGEST_TEXT = 4000;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A piece of a page. What comes from a run can be in it only as text: see {@link html}. */
export class Markup {
  readonly source: string;

  /** @param source stands in the page as it is: never what comes from a run */
  constructor(source: string) {
    this.source = source;
  }
}

/** What may stand in a template: nothing, text, or markup. */
export type Content = Markup | string | number | false | undefined | readonly Content[];

/**
 * A template of HTML, in which everything that is not markup itself is escaped: text cannot become a tag, nor end an attribute
 * that stands in quotes.
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  return new Markup(parts.map((part, index) => part + sourceOf(contents[index])).join(''));
}

function sourceOf(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.source;
  if (typeof content === 'object') return content.map(sourceOf).join('');
  return escapeText(cutText(String(content), LONGEST_TEXT));
}

/** A text that is at most so long, with an ellipsis where something was cut. */
export function cutText(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

function escapeText(text: string): string {
  return text
    .replace(UNPRINTABLE, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] as string);
}
