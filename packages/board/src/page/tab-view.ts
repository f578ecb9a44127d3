/** What stands under one of the tabs. */
export interface TabView {
  readonly element: HTMLElement;
  /** Draws what has changed; called whenever anything may have, as long as the tab is open. */
  update(): void;
  /** Called when another tab is opened. */
  close?(): void;
}
