/** What moves over the plot: the crosshair, the mark under the pointer, and a range being selected. */
import { MARGIN } from "./axes";
import { s } from "./dom";
import type { Placed } from "./marks";
import type { Series } from "./series";

/** How far from a mark the pointer still means it. */
export const REACH = 14;

export class Overlay {
  /** Hidden until it has a value: a slider without one says nothing. */
  readonly crosshair = s("g", { class: "crosshair", tabindex: 0, role: "slider", hidden: "" });
  readonly svg: SVGSVGElement;

  private hair = s("path", { class: "hair" });
  private halo = s("circle", { class: "halo", r: 9 });
  private dot = s("circle", { class: "dot", r: 4 });
  private selection = s("rect", { class: "selection", y: MARGIN.top, visibility: "hidden" });
  private hot = s("a", { class: "hot", tabindex: -1, visibility: "hidden", draggable: "false" });

  constructor() {
    this.crosshair.append(this.hair, this.halo, this.dot);
    this.svg = s("svg", { class: "overlay" }, this.selection, this.crosshair, this.hot);
  }

  resize(height: number): void {
    this.selection.setAttribute("height", String(height - MARGIN.top - MARGIN.bottom));
  }

  cross(x: number, y: number, bottom: number): void {
    this.hair.setAttribute("d", `M${x} ${MARGIN.top}V${bottom}`);
    for (const circle of [this.halo, this.dot]) {
      circle.setAttribute("cx", String(x));
      circle.setAttribute("cy", String(y));
    }
  }

  /** The mark under the pointer, which is a link when it came from somewhere. */
  mark(placed: Placed | null, series: Series | undefined, href: string | null, label: string): void {
    this.hot.setAttribute("visibility", placed === null ? "hidden" : "visible");
    if (placed === null || series === undefined) return;
    if (href === null) this.hot.removeAttribute("href");
    else this.hot.setAttribute("href", href);
    this.hot.setAttribute("aria-label", label);
    this.hot.setAttribute("transform", `translate(${placed.x} ${placed.y})`);
    this.hot.replaceChildren(
      s("circle", { class: "hot-area", r: REACH }),
      s("path", { class: `hot-mark ${series.className}${placed.bin.amplified ? " amplified" : ""}`, d: series.path }),
    );
  }

  select(from: number | null, to = 0): void {
    this.selection.setAttribute("visibility", from === null ? "hidden" : "visible");
    if (from === null) return;
    this.selection.setAttribute("x", String(Math.min(from, to)));
    this.selection.setAttribute("width", String(Math.abs(to - from)));
  }
}
