import { TABS, type Tab } from '../view/board-state.ts';
import { counted } from '../view/format.ts';
import { askRuns } from './api.ts';
import { Board } from './board.ts';
import { checkpointsTab } from './checkpoints-tab.ts';
import { curvesTab } from './curves-tab.ts';
import { byId, make, setText } from './dom.ts';
import { histogramsTab } from './histograms-tab.ts';
import { imagesTab } from './images-tab.ts';
import { runList } from './run-list.ts';
import type { TabView } from './tab-view.ts';
import { tableTab } from './table-tab.ts';
import { textTab } from './text-tab.ts';
import { onThemeChange } from './theme.ts';

const VIEWS: Readonly<Record<Tab, { readonly title: string; readonly make: (board: Board) => TabView }>> = {
  curves: { title: 'Curves', make: curvesTab },
  table: { title: 'Table', make: tableTab },
  images: { title: 'Images', make: imagesTab },
  histograms: { title: 'Histograms', make: histogramsTab },
  checkpoints: { title: 'Checkpoints', make: checkpointsTab },
  text: { title: 'Text and config', make: textTab },
};

const ASK_EVERY_MS = 1000;
const ASK_WHILE_READING_MS = 250;
const ASK_AFTER_FAILURE_MS = 3000;

const board = new Board();
const views = new Map<Tab, TabView>();
const buttons = new Map(TABS.map((tab) => [tab, tabButton(tab)]));
const panel = byId('panel');
byId('tabs').append(...buttons.values());
byId('sidebar').replaceWith(runList(board));
board.subscribe(showTab);
onThemeChange(() => board.notify());
addEventListener('hashchange', () => board.readAddress());
showTab();
void watch();

function tabButton(tab: Tab): HTMLElement {
  return make('button', {
    text: VIEWS[tab].title,
    attributes: { type: 'button', role: 'tab', 'aria-controls': 'panel', id: `tab-${tab}` },
    on: {
      click: () => board.choose({ tab }),
      keydown: (event) => {
        const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
        const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] ?? tab;
        if (step === 0) return;
        board.choose({ tab: next });
        buttons.get(next)?.focus();
      },
    },
  });
}

function showTab(): void {
  const { tab } = board.state;
  const view = views.get(tab) ?? VIEWS[tab].make(board);
  views.set(tab, view);
  for (const [name, button] of buttons) {
    button.setAttribute('aria-selected', String(name === tab));
    button.tabIndex = name === tab ? 0 : -1;
  }
  panel.setAttribute('aria-labelledby', `tab-${tab}`);
  if (view.element.parentElement !== panel) panel.replaceChildren(view.element);
  view.update();
}

/** Asks for what is new, as long as the page is open. */
async function watch(): Promise<never> {
  for (;;) {
    const pause = await ask();
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/** @returns when to ask again */
async function ask(): Promise<number> {
  if (document.hidden) return ASK_EVERY_MS;
  try {
    const { answer, changed } = await askRuns();
    if (changed) board.set(answer);
    showStatus(
      answer.reading === undefined
        ? ''
        : `reading: ${answer.reading.done} of ${counted(answer.reading.total, 'run')}`,
    );
    setText(byId('folder'), answer.folder);
    document.title = `${answer.folder} · Loopwright board`;
    return answer.reading === undefined ? ASK_EVERY_MS : ASK_WHILE_READING_MS;
  } catch (error) {
    const reason = error instanceof TypeError ? 'the server does not answer' : (error as Error).message;
    showStatus(reason, true);
    return ASK_AFTER_FAILURE_MS;
  }
}

function showStatus(text: string, isBad = false): void {
  const status = byId('status');
  setText(status, text);
  status.classList.toggle('bad', isBad);
}
