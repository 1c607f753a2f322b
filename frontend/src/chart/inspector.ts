/** Where people look on a plot: the crosshair, its readout, the mark under the pointer and its tip. */
import { MARGIN } from "./axes";
import { sourceOfCause } from "./causes";
import { pointAt, type Cursor } from "./cursor";
import { at, nearestIndex, type Curve } from "./curve";
import { h } from "./dom";
import { nearest, type Placed } from "./marks";
import { hrefOf, type Places } from "./origin";
import { Overlay, REACH } from "./overlay";
import type { Plot } from "./plot";
import { drawReadout, sentence } from "./readout";
import type { Series } from "./series";
import { Tip } from "./tip";

export interface Drawn {
  plot: Plot;
  /** What is in sight. */
  curve: Curve;
  series: Map<string, Series>;
  places: Places;
  width: number;
}

export class Inspector {
  readonly stage: HTMLElement;
  readonly readout = h("div", { class: "readout" });
  readonly overlay = new Overlay();

  /** Where the crosshair was put; null where nobody has. */
  pinned: number | null = null;

  private tip = new Tip();
  private drawn: Drawn | null = null;
  private hovered: number | null = null;
  private pointer: [number, number] | null = null;
  private near: Placed | null = null;

  /** `self` speaks for the chart to the other charts of the page. */
  constructor(private self: EventTarget) {
    this.stage = h("div", { class: "stage" }, this.overlay.svg, this.tip.element);
    this.readout.addEventListener("pointerover", (event) => {
      this.emphasise((event.target as Element).closest<HTMLElement>("[data-cause]")?.dataset["cause"] ?? null);
    });
    this.readout.addEventListener("pointerleave", () => this.emphasise(null));
  }

  /** There is a new plot. */
  redrawn(drawn: Drawn): void {
    if (this.drawn === null) this.stage.prepend(drawn.plot.svg);
    else this.drawn.plot.svg.replaceWith(drawn.plot.svg);
    this.drawn = drawn;
    this.overlay.resize(drawn.plot.height + MARGIN.bottom);
    this.show(null);
    if (this.pointer === null) this.drawCrosshair();
    else this.look();
  }

  /** The pointer moved there; `look` then does the work, once a frame. */
  moveTo(x: number, y: number): void {
    this.pointer = [x, y];
  }

  look(): void {
    const { drawn, pointer } = this;
    if (drawn === null || pointer === null) return;
    const { plot, curve } = drawn;
    const [x, y] = pointer;
    const place = plot.x.invert(x);
    this.hovered = curve.x.length ? at(curve.x, nearestIndex(curve.x, place)) : null;
    this.show(nearest(plot.placed, x, y, REACH));
    this.drawCrosshair();
    this.emphasise(this.causeUnder(drawn, x, y));
    const source = this.near?.bin.source;
    pointAt(this.self, { control: place, ...(source === undefined ? {} : { source }) });
  }

  leave(): void {
    this.blind();
    this.show(null);
    this.emphasise(null);
    this.drawCrosshair();
    pointAt(this.self, null);
  }

  /** Forget the pointer, as the keyboard goes on. */
  blind(): void {
    this.pointer = null;
    this.hovered = null;
  }

  /** Another chart is looked at. */
  follow(cursor: Cursor | null): void {
    this.hovered = cursor?.control ?? null;
    this.light(cursor?.source ?? null);
    this.drawCrosshair();
  }

  pin(place: number): void {
    this.pinned = place;
    this.drawCrosshair();
  }

  /** The sample at the crosshair: under the pointer, where it was put, or where to look first. */
  get index(): number {
    const curve = this.drawn?.curve;
    if (curve === undefined || curve.x.length === 0) return 0;
    const place = this.hovered ?? this.pinned;
    return place === null ? curve.focus : nearestIndex(curve.x, place);
  }

  /** The mark there, or null. */
  markAt(x: number, y: number): Placed | null {
    return nearest(this.drawn?.plot.placed ?? [], x, y, REACH);
  }

  /** Whether its tip is there already: a finger has no pointer that was there before. */
  shows(mark: Placed): boolean {
    return this.near === mark;
  }

  /** Let one source stand out, or none. */
  light(source: string | null): void {
    this.stage.classList.toggle("lit", source !== null);
    for (const mark of this.stage.querySelectorAll<SVGElement>(".source")) {
      mark.classList.toggle("lit", mark.dataset["source"] === source);
    }
  }

  /** Let one cause of the error stand out, or none. */
  private emphasise(cause: string | null): void {
    const layers = [...this.stage.querySelectorAll<SVGElement>(".layer")];
    const known = layers.some((layer) => layer.dataset["cause"] === cause);
    for (const layer of layers) layer.classList.toggle("dim", known && layer.dataset["cause"] !== cause);
    for (const row of this.readout.querySelectorAll<HTMLElement>("[data-cause]")) {
      row.classList.toggle("lit", row.dataset["cause"] === cause);
    }
    this.light(cause === null ? null : sourceOfCause(cause));
  }

  /** The cause whose layer of the budget is there. */
  private causeUnder({ plot, curve }: Drawn, x: number, y: number): string | null {
    const { budget } = plot;
    if (budget === null) return null;
    const i = nearestIndex(curve.x, plot.x.invert(x));
    const sigma = budget.y.invert(y);
    return budget.layers.find(({ lower, upper }) => at(lower, i) <= sigma && sigma < at(upper, i))?.name ?? null;
  }

  private drawCrosshair(): void {
    if (this.drawn === null) return;
    const { plot, curve, series } = this.drawn;
    const { index } = this;
    const { crosshair } = this.overlay;
    this.readout.replaceChildren(...drawReadout(curve, index, series));
    crosshair.toggleAttribute("hidden", curve.version === null);
    if (curve.version === null) return;
    this.overlay.cross(plot.x(at(curve.x, index)), plot.y(at(curve.mean, index)), plot.height);
    const attributes = {
      "aria-label": `Crosshair along ${curve.control.label}`,
      "aria-valuemin": curve.control.lower,
      "aria-valuemax": curve.control.upper,
      "aria-valuenow": at(curve.x, index),
      "aria-valuetext": sentence(curve, index),
    };
    for (const [name, value] of Object.entries(attributes)) crosshair.setAttribute(name, String(value));
  }

  private show(found: Placed | null): void {
    if (found === this.near || this.drawn === null) return;
    this.near = found;
    if (found === null) {
      this.overlay.mark(null, undefined, null, "");
      return this.tip.hide();
    }
    const { series, places, curve, width } = this.drawn;
    const [point, ...more] = found.bin.points;
    const href = point === undefined || more.length ? null : hrefOf(point, places);
    const origin = point?.job == null ? "its data set" : "its job";
    this.overlay.mark(found, series.get(found.bin.source), href, `To ${origin}`);
    const imported = point?.job == null ? "imported" : "";
    const end = more.length ? "Click: zoom in" : href === null ? imported : `Click: ${origin}`;
    this.tip.show(curve, found, end, width);
  }
}
