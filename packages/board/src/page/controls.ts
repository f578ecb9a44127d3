import { make } from './dom.ts';

/** A choice of one out of a few, as buttons beside each other. */
export function choice<T extends string>(
  label: string,
  options: Readonly<Record<T, string>>,
  choose: (value: T) => void,
): { readonly element: HTMLElement; show(value: T): void } {
  const buttons = (Object.entries(options) as [T, string][]).map(([value, text]) => {
    const element = make('button', {
      text,
      attributes: { type: 'button' },
      on: { click: () => choose(value) },
    });
    return { value, element };
  });
  const group = make(
    'div',
    { class: 'choice', attributes: { role: 'group', 'aria-label': label } },
    ...buttons.map(({ element }) => element),
  );
  return {
    element: make('div', { class: 'control' }, make('span', { class: 'label', text: label }), group),
    show: (value) => {
      for (const one of buttons) one.element.setAttribute('aria-pressed', String(one.value === value));
    },
  };
}

/** A box to tick. */
export function tick(
  label: string,
  title: string,
  choose: (isOn: boolean) => void,
): { readonly element: HTMLElement; show(isOn: boolean, isPossible?: boolean): void } {
  const box = make('input', { attributes: { type: 'checkbox' } });
  box.addEventListener('change', () => choose(box.checked));
  return {
    element: make('label', { class: 'control tick', title }, box, make('span', { text: label })),
    show: (isOn, isPossible = true) => {
      box.checked = isOn;
      box.disabled = !isPossible;
    },
  };
}
