/** What an element is made of. Text only ever becomes text: nothing here reads markup. */
export interface Parts {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly on?: { readonly [K in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[K]) => void };
}

/** Makes an element. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: className, text, title, attributes = {}, on = {} }: Parts = {},
  ...children: readonly (Node | undefined)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (title !== undefined) element.title = title;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  for (const [name, listener] of Object.entries(on))
    element.addEventListener(name, listener as EventListener);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** The element of the page with this id. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element ${id}`);
  return element;
}

/** A button. */
export function button(
  text: string,
  title: string,
  onClick: () => void,
  className = 'button',
): HTMLButtonElement {
  return make('button', {
    class: className,
    text,
    title,
    attributes: { type: 'button' },
    on: { click: onClick },
  });
}

/** Shows a text, and touches the page only if it is another. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** The same for a field: one that holds this text already keeps its cursor. */
export function setValue(field: HTMLInputElement, value: string): void {
  if (field.value !== value) field.value = value;
}

/** Puts elements in this order and takes all others out; what is in its place already is not touched, and keeps its focus. */
export function arrange(parent: Element, children: readonly Element[]): void {
  const wanted = new Set(children);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  for (const [index, child] of children.entries()) {
    if (parent.children[index] !== child) parent.insertBefore(child, parent.children[index] ?? null);
  }
}

/** A line of text that is there only when there is something to say. */
export class Note {
  readonly element: HTMLElement;

  constructor(className: string) {
    this.element = make('p', { class: className, attributes: { role: 'status' } });
    this.show(undefined);
  }

  show(text: string | undefined): void {
    this.element.hidden = text === undefined || text === '';
    setText(this.element, text ?? '');
  }

  /** Says how many there are that are not shown. */
  showOmitted(count: number, what: string): void {
    this.show(count === 0 ? undefined : `${count.toLocaleString('en')} more ${what} are not shown.`);
  }
}
