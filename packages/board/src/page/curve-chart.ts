import { type CurveDrawing, curveOption } from './curve-option.ts';
import { make } from './dom.ts';
import { type ECharts, echarts } from './echarts.ts';
import { Hover } from './hover.ts';

/** A drag that is shorter than this is a click. */
const LEAST_DRAG = 6;
/** So much of what is seen an arrow key moves the cursor along. */
const KEY_STEP = 1 / 60;

/** The part of the axis to be seen; undefined for all of it. */
export type Window = readonly [from: number, to: number] | undefined;

/** A chart of curves with hover, and with zoom along the axis: drag to zoom in, double-click to see everything. */
export class CurveChart {
  private readonly chart: ECharts;
  private readonly plot: HTMLElement;
  private readonly selection = make('div', { class: 'selection' });
  private readonly hover: Hover;
  private readonly zoom: (window: Window) => void;
  private readonly resizing: ResizeObserver;
  private drawing: CurveDrawing | undefined;
  private dragStart: number | undefined;
  private cursor: [number, number] | undefined;

  constructor(plot: HTMLElement, zoom: (window: Window) => void) {
    this.plot = plot;
    this.zoom = zoom;
    const canvas = make('div', { class: 'canvas' });
    plot.append(canvas, this.selection);
    this.selection.hidden = true;
    this.chart = echarts.init(canvas, null, { renderer: 'canvas' });
    this.hover = new Hover(this.chart, plot);
    this.resizing = new ResizeObserver(() => this.chart.resize());
    this.resizing.observe(plot);
    this.listen();
  }

  draw(drawing: CurveDrawing): void {
    this.drawing = drawing;
    this.chart.setOption(curveOption(drawing), { notMerge: true });
    if (this.cursor !== undefined) this.hover.show(drawing.lines, drawing.axis, this.cursor);
  }

  dispose(): void {
    this.resizing.disconnect();
    this.hover.remove();
    this.chart.dispose();
    this.plot.replaceChildren();
  }

  private listen(): void {
    const { plot } = this;
    plot.addEventListener('pointermove', (event) => this.onMove(this.placeOf(event)));
    plot.addEventListener('pointerleave', () => this.onLeave());
    plot.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.dragStart = this.placeOf(event)[0];
      plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener('pointerup', (event) => this.onRelease(this.placeOf(event)[0]));
    plot.addEventListener('pointercancel', () => this.endDrag());
    plot.addEventListener('dblclick', () => this.zoom(undefined));
    plot.addEventListener('blur', () => this.onLeave());
    plot.addEventListener('keydown', (event) => {
      if (this.onKey(event.key)) event.preventDefault();
    });
  }

  private placeOf(event: PointerEvent): [number, number] {
    const { left, top } = this.plot.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  private onMove(place: [number, number]): void {
    if (this.drawing === undefined) return;
    this.cursor = place;
    this.showSelection(place[0]);
    if (this.chart.containPixel('grid', place)) this.hover.show(this.drawing.lines, this.drawing.axis, place);
    else this.hover.hide();
  }

  private onLeave(): void {
    this.cursor = undefined;
    this.hover.hide();
  }

  private showSelection(x: number): void {
    const start = this.dragStart;
    this.selection.hidden = start === undefined || Math.abs(x - start) < LEAST_DRAG;
    if (start === undefined) return;
    this.selection.style.left = `${Math.min(start, x)}px`;
    this.selection.style.width = `${Math.abs(x - start)}px`;
  }

  private onRelease(x: number): void {
    const start = this.endDrag();
    if (start === undefined || Math.abs(x - start) < LEAST_DRAG) return;
    this.zoom([this.positionAt(Math.min(start, x)), this.positionAt(Math.max(start, x))]);
  }

  /** @returns where the drag began; undefined if there was none */
  private endDrag(): number | undefined {
    const start = this.dragStart;
    this.dragStart = undefined;
    this.selection.hidden = true;
    return start;
  }

  /** Arrows move the cursor, + and − zoom around it, 0 shows everything. @returns whether the key means something here */
  private onKey(key: string): boolean {
    const { width, height } = this.plot.getBoundingClientRect();
    const [x, y] = this.cursor ?? [width / 2, height / 2];
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      this.onMove([x + (key === 'ArrowLeft' ? -1 : 1) * width * KEY_STEP, y]);
    } else if (key === '+' || key === '=') this.zoomAround(x, width / 4);
    else if (key === '-') this.zoomAround(x, width);
    else if (key === '0') this.zoom(undefined);
    else if (key === 'Escape') this.onLeave();
    else return false;
    return true;
  }

  private zoomAround(x: number, reach: number): void {
    this.zoom([this.positionAt(x - reach), this.positionAt(x + reach)]);
  }

  private positionAt(x: number): number {
    const [position] = this.chart.convertFromPixel({ gridIndex: 0 }, [x, 0]) as [number, number];
    return position;
  }
}
