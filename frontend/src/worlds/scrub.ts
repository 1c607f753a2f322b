/**
 * `<scrub-figure data-model="…">`: a cursor on panels that the server drew over one axis
 * (`qtwin/drawing/plot`). It is dragged along with the pointer, by the slider below (arrow keys), or
 * plays by itself. What is read off is written beside the slider; sites are drawn again as they were
 * at that time, by the rules of `qtwin/drawing/rollout/physics.py`.
 */
import { h, s } from "../chart/dom";
import { minus } from "../chart/format";

interface Line {
  name: string;
  series: number;
  unit: string;
  values: (number | null)[];
}

interface Panel {
  top: number;
  height: number;
  /** Whether its values are drawn as colours, on which there is no place for a dot. */
  map: boolean;
  low: number;
  high: number;
  lines: Line[];
}

interface Model {
  places: number[];
  low: number;
  high: number;
  axis: string;
  unit: string;
  panels: Panel[];
  densities?: number[][];
  word?: string;
}

/** How long an episode takes to play, s. */
const PLAYS_S = 6;
const ARROW = 0.85;

const figures = (value: number): string => minus(Math.abs(value) >= 1e4 ? Math.round(value).toLocaleString("en") : String(Number(value.toPrecision(4))));

export class ScrubFigure extends HTMLElement {
  private model!: Model;
  private svg!: SVGSVGElement;
  private slider = h("input", { type: "range", min: 0, step: 1 });
  private said = h("output", { class: "scrub-said" });
  private play = h("button", { type: "button", class: "button scrub-play" }, "Play");
  private cursor = s("g", { class: "scrub-cursor", "data-live-only": true, "aria-hidden": "true" });
  private frame = 0;
  /** Where each figure of the page was left by its reader; at the end, it follows what is new. */
  private static left = new Map<string, number>();

  connectedCallback(): void {
    const svg = this.querySelector<SVGSVGElement>("svg.plot");
    if (svg === null || this.dataset["ready"] !== undefined) return;
    this.dataset["ready"] = "";
    this.svg = svg;
    this.model = JSON.parse(this.dataset["model"] ?? "{}") as Model;
    const last = this.model.places.length - 1;
    if (last < 1) return;
    this.slider.max = String(last);
    this.slider.value = String(last);
    this.slider.id = this.dataset["slider"] ?? "";
    this.slider.setAttribute("aria-label", this.dataset["label"] ?? this.model.axis);
    this.slider.addEventListener("input", () => this.show(Number(this.slider.value), true));
    this.play.addEventListener("click", () => this.toggle());
    svg.append(this.cursor);
    svg.addEventListener("pointermove", (event) => this.follow(event));
    svg.addEventListener("pointerdown", (event) => this.follow(event));
    const controls = this.model.densities === undefined ? [this.slider] : [this.play, this.slider];
    this.append(h("div", { class: "scrub" }, ...controls), this.said);
    this.show(this.nearest(ScrubFigure.left.get(this.slider.id) ?? Infinity));
  }

  disconnectedCallback(): void {
    this.stop();
  }

  private follow(event: PointerEvent): void {
    const box = this.svg.getBoundingClientRect();
    const place = this.model.low + ((event.clientX - box.left) / box.width) * (this.model.high - this.model.low);
    this.show(this.nearest(place), true);
  }

  private nearest(place: number): number {
    if (place === Infinity) return this.model.places.length - 1;
    const distances = this.model.places.map((one) => Math.abs(one - place));
    return distances.indexOf(Math.min(...distances));
  }

  /** Everything as it was at this place. */
  private show(index: number, chosen = false): void {
    const place = this.model.places[index] ?? this.model.low;
    if (chosen) {
      this.stop();
      ScrubFigure.left.set(this.slider.id, index === this.model.places.length - 1 ? Infinity : place);
    }
    this.slider.value = String(index);
    const x = `${(100 * (place - this.model.low)) / (this.model.high - this.model.low)}%`;
    const marks: SVGElement[] = [];
    const values = [`${this.model.axis} ${this.model.axis === "t" ? "= " : ""}${figures(place)} ${this.model.unit}`.trim()];
    for (const panel of this.model.panels) {
      marks.push(s("line", { x1: x, x2: x, y1: panel.top, y2: panel.top + panel.height, class: "hair" }));
      for (const line of panel.lines) {
        const value = line.values[index] ?? null;
        if (value === null) continue;
        const y = panel.top + panel.height * (1 - (value - panel.low) / (panel.high - panel.low));
        if (!panel.map) marks.push(s("circle", { cx: x, cy: y, r: 4, class: `scrub-dot series-${line.series}` }));
        values.push(`${line.name} ${figures(value)} ${line.unit}`.trim());
      }
    }
    this.cursor.replaceChildren(...marks);
    this.said.replaceChildren(...values.map((text) => h("span", {}, text)));
    this.slider.setAttribute("aria-valuetext", values.join(", "));
    this.draw(this.model.densities?.[index] ?? []);
  }

  private draw(densities: number[]): void {
    for (const site of this.svg.querySelectorAll<SVGGElement>(".state")) {
      const number = Number(site.dataset["site"]);
      const density = densities[number] ?? 0;
      site.querySelector(".state-excited")?.setAttribute("fill-opacity", density.toFixed(3));
      site.querySelector(".state-number")?.classList.toggle("full", density > 0.5);
      for (const [part, text] of [
        ["title", `${this.model.word} ${number}: ${density.toFixed(2)}`],
        [".state-density", density.toFixed(2)],
      ] as const) {
        const element = site.querySelector(part);
        if (element !== null) element.textContent = text;
      }
      const arrow = site.querySelector<SVGPathElement>(".state-arrow");
      arrow?.setAttribute("d", arrowPath(1 - 2 * density, Number(arrow.dataset["radius"])));
    }
  }

  private toggle(): void {
    if (this.frame !== 0) return this.stop();
    const last = this.model.places.length - 1;
    const [from, to] = [this.model.low, this.model.high];
    const begin = Number(this.slider.value) >= last ? from : (this.model.places[Number(this.slider.value)] ?? from);
    const start = performance.now();
    this.play.textContent = "Pause";
    const step = (now: number): void => {
      const place = begin + ((now - start) / 1000 / PLAYS_S) * (to - from);
      const next = this.model.places.filter((one) => one <= place).length - 1;
      this.show(Math.max(0, next));
      if (place < to) this.frame = requestAnimationFrame(step);
      else this.stop();
    };
    this.frame = requestAnimationFrame(step);
  }

  private stop(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.play.textContent = "Play";
  }
}

/** Up for ⟨Z⟩ = 1, down for −1, and shorter between. */
function arrowPath(z: number, radius: number): string {
  const tip = -ARROW * radius * z;
  const head = 0.38 * radius * Math.min(1, 2 * Math.abs(z)) * (z > 0 ? 1 : -1);
  const [back, half] = [tip + head, Math.abs(head) * 0.7];
  return [`M0 ${-tip}V${tip}`, `M${-half} ${back}L0 ${tip}L${half} ${back}`].map((d) => d.replace(/(\.\d\d)\d+/g, "$1")).join("");
}
