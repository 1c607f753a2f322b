/**
 * `<twin-chart src="/api/v1/projects/…/twin/curve?observable=…">`: the twin's curve and evidence.
 *
 * What the viewer set (hidden sources, the crosshair's place) survives new data, and is kept in the
 * address after `#`, so that a view can be shared.
 */
import { paced, type LiveEvent } from "../page/live";
import { at, nearestIndex, sourceLabel, type Curve } from "./curve";
import { h, s } from "./dom";
import { drawPlot, type Placed, type Plot } from "./plot";
import { drawReadout, sentence } from "./readout";
import { seriesOf, swatch, type Series } from "./series";
import { curveCsv, download, drawTables, pointsCsv, standaloneSvg } from "./tables";
import { uncertain } from "./format";

const REFRESH_MS = 1500;
const REACH = 14;

export class TwinChart extends HTMLElement {
  private curve: Curve | null = null;
  private plot: Plot | null = null;
  private series = new Map<string, Series>();
  private hiddenSources = new Set<string>();
  private pinned: number | null = null;
  private hovered: number | null = null;
  private near: Placed | null = null;

  private legend = h("div", { class: "legend", role: "group", "aria-label": "Sources shown" });
  private stage = h("div", { class: "stage" });
  private tip = h("div", { class: "tip", hidden: true });
  private key = h("p", { class: "key soft" });
  private readout = h("div", { class: "readout" });
  private tables = h("details", { class: "tables" }, h("summary", {}, "Data table"), h("div"));
  private message = h("p", { class: "chart-message soft", role: "status" }, "Loading the twin…");

  private observer = new ResizeObserver(() => this.draw());
  private refresh = paced(() => this.load(), REFRESH_MS);
  private heard = (event: Event): void => {
    const { kind } = (event as CustomEvent<LiveEvent>).detail;
    if (kind === "twin.version" || kind === "job.progress" || kind === "job.state") this.refresh();
  };

  connectedCallback(): void {
    this.readHash();
    this.replaceChildren(
      h(
        "figure",
        { class: "card chart" },
        h("figcaption", { class: "chart-head" }, this.legend, this.toolbar()),
        this.message,
        h("div", { class: "chart-body" }, h("div", {}, this.stage, this.key), this.readout),
      ),
      this.tables,
    );
    this.stage.append(this.tip);
    this.tables.addEventListener("toggle", () => this.drawTables());
    this.stage.addEventListener("pointermove", (event) => this.hover(event));
    this.stage.addEventListener("pointerleave", () => this.unhover());
    this.stage.addEventListener("click", (event) => this.pin(event));
    this.observer.observe(this.stage);
    document.addEventListener("qtwin:event", this.heard);
    this.refresh();
  }

  disconnectedCallback(): void {
    this.observer.disconnect();
    document.removeEventListener("qtwin:event", this.heard);
  }

  private async load(): Promise<void> {
    const response = await fetch(this.getAttribute("src") ?? "", { headers: { Accept: "application/json" } });
    if (!response.ok) {
      this.message.hidden = false;
      this.message.textContent = `The twin could not be loaded (${response.status}). It is tried again with the next event; or reload the page.`;
      return;
    }
    this.curve = (await response.json()) as Curve;
    this.series = new Map(this.curve.sources.map((source, i) => [source.name, seriesOf(i)]));
    this.message.hidden = true;
    this.dataset["version"] = String(this.curve.version?.number ?? 0);
    this.drawLegend();
    this.drawKey(this.curve);
    this.draw();
    this.drawTables();
  }

  private drawKey(curve: Curve): void {
    const item = (className: string, text: string): HTMLElement =>
      h("span", {}, h("i", { class: className }), text);
    const items = [item("key-mean", "mean"), item("key-1", "1σ"), item("key-95", "95 % interval")];
    if (curve.version === null) items.length = 0;
    const amplified = curve.points.some((point) => point.gain !== null && point.gain > 1);
    if (amplified) items.push(item("key-amplified", "hollow: noise amplified on purpose"));
    this.key.replaceChildren(...items);
  }

  /** Where the crosshair is: under the pointer, where it was put, or where to look first. */
  private get index(): number {
    const curve = this.curve;
    if (curve === null || curve.x.length === 0) return 0;
    if (this.hovered !== null) return this.hovered;
    return this.pinned === null ? curve.focus : nearestIndex(curve.x, this.pinned);
  }

  private draw(): void {
    const curve = this.curve;
    const width = Math.floor(this.stage.clientWidth);
    if (curve === null || width < 200) return;
    const focused = this.plot !== null && document.activeElement === this.plot.crosshair;
    this.plot?.svg.remove();
    this.near = null;
    this.tip.hidden = true;
    this.plot = drawPlot({
      curve,
      series: this.series,
      hidden: this.hiddenSources,
      width,
      jobs: this.getAttribute("jobs") ?? "/jobs/",
      title: this.summary(curve),
    });
    this.stage.prepend(this.plot.svg);
    this.plot.crosshair.addEventListener("keydown", (event) => this.move(event));
    this.drawCrosshair();
    if (focused) this.plot.crosshair.focus();
  }

  private summary(curve: Curve): string {
    const { observable, control, points } = curve;
    const range = `${control.label} from ${control.lower} to ${control.upper} ${control.unit}`;
    const focus = curve.version === null ? "" : ` At ${sentence(curve, curve.focus)}.`;
    return `${observable.label} in ${observable.unit} against ${range}: ${points.length} points.${focus}`;
  }

  private drawLegend(): void {
    const curve = this.curve;
    if (curve === null) return;
    const focused = (document.activeElement as HTMLElement | null)?.dataset?.["source"];
    const buttons = curve.sources.map((source) => {
      const shown = !this.hiddenSources.has(source.name);
      const series = this.series.get(source.name) ?? seriesOf(0);
      const button = h(
        "button",
        { type: "button", class: "legend-item", "aria-pressed": String(shown), "data-source": source.name },
        swatch(series),
        source.label,
        h("span", { class: "count" }, String(source.measurements)),
      );
      button.title = `${shown ? "Hide" : "Show"} ${source.label} (${source.role}); with Shift: only this one`;
      button.addEventListener("click", (event) => this.toggle(source.name, event.shiftKey));
      return button;
    });
    this.legend.replaceChildren(...buttons);
    if (focused !== undefined) {
      this.legend.querySelector<HTMLElement>(`[data-source="${CSS.escape(focused)}"]`)?.focus();
    }
  }

  private toggle(name: string, alone: boolean): void {
    const names = this.curve?.sources.map((source) => source.name) ?? [];
    if (alone) {
      const already = names.every((n) => (n === name) !== this.hiddenSources.has(n));
      this.hiddenSources = new Set(already ? [] : names.filter((n) => n !== name));
    } else if (!this.hiddenSources.delete(name)) {
      this.hiddenSources.add(name);
    }
    this.writeHash();
    this.drawLegend();
    this.draw();
    this.drawTables();
  }

  private drawCrosshair(): void {
    const { curve, plot, index } = this;
    if (curve === null || plot === null) return;
    const { crosshair } = plot;
    this.readout.replaceChildren(...drawReadout(curve, index, this.series));
    crosshair.toggleAttribute("hidden", curve.version === null);
    if (curve.version === null) return;
    const [px, py] = [plot.x(at(curve.x, index)), plot.y(at(curve.mean, index))];
    crosshair.replaceChildren(
      s("path", { class: "hair", d: `M${px} 8V${plot.height}` }),
      s("circle", { class: "halo", cx: px, cy: py, r: 9 }),
      s("circle", { class: "dot", cx: px, cy: py, r: 4 }),
    );
    const attributes = {
      "aria-label": `Crosshair along ${curve.control.label}`,
      "aria-valuemin": curve.control.lower,
      "aria-valuemax": curve.control.upper,
      "aria-valuenow": at(curve.x, index),
      "aria-valuetext": sentence(curve, index),
    };
    for (const [name, value] of Object.entries(attributes)) crosshair.setAttribute(name, String(value));
  }

  private hover(event: PointerEvent): void {
    const { curve, plot } = this;
    if (curve === null || plot === null) return;
    const box = plot.svg.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    this.hovered = curve.x.length ? nearestIndex(curve.x, plot.x.invert(px)) : null;
    this.showNear(nearest(plot.placed, px, py));
    this.drawCrosshair();
  }

  private unhover(): void {
    this.hovered = null;
    this.showNear(null);
    this.drawCrosshair();
  }

  private pin(event: MouseEvent): void {
    const { curve, plot } = this;
    if (curve === null || plot === null || (event.target as Element).closest("a")) return;
    const px = event.clientX - plot.svg.getBoundingClientRect().left;
    this.pinned = at(curve.x, nearestIndex(curve.x, plot.x.invert(px)));
    this.writeHash();
    this.drawCrosshair();
  }

  private move(event: KeyboardEvent): void {
    const curve = this.curve;
    if (curve === null || curve.x.length === 0) return;
    const step = event.shiftKey ? 10 : 1;
    const last = curve.x.length - 1;
    const moves: Record<string, number> = {
      ArrowRight: this.index + step,
      ArrowUp: this.index + step,
      ArrowLeft: this.index - step,
      ArrowDown: this.index - step,
      PageUp: this.index + 10,
      PageDown: this.index - 10,
      Home: 0,
      End: last,
    };
    const target = moves[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.hovered = null;
    this.pinned = at(curve.x, Math.min(last, Math.max(0, target)));
    this.writeHash();
    this.drawCrosshair();
  }

  private showNear(found: Placed | null): void {
    if (found === this.near) return;
    this.near?.mark.classList.remove("near");
    this.near = found;
    this.tip.hidden = found === null;
    if (found === null || this.curve === null || this.plot === null) return;
    found.mark.classList.add("near");
    const { point } = found;
    const gain = point.gain !== null && point.gain !== 1 ? `, noise gain ${point.gain}` : "";
    this.tip.replaceChildren(
      h("strong", {}, sourceLabel(this.curve, point.source), gain),
      h("span", {}, point.std > 0 ? uncertain(point.value, point.std) : `${uncertain(point.value, 0)}, exact`),
      h("span", { class: "soft" }, point.job === null ? "imported" : "click: open its job"),
    );
    const right = found.x > this.stage.clientWidth / 2;
    this.tip.classList.toggle("tip-left", right);
    this.tip.style.left = `${found.x}px`;
    this.tip.style.top = `${found.y}px`;
  }

  private drawTables(): void {
    const place = this.tables.lastElementChild;
    if (!this.tables.open || this.curve === null || place === null) return;
    const jobs = this.getAttribute("jobs") ?? "/jobs/";
    place.replaceChildren(...drawTables(this.curve, this.hiddenSources, jobs));
  }

  private toolbar(): HTMLElement {
    const button = (label: string, title: string, work: (curve: Curve, plot: Plot) => void): HTMLElement => {
      const element = h("button", { type: "button", class: "button button-quiet", title }, label);
      element.addEventListener("click", () => {
        if (this.curve !== null && this.plot !== null) work(this.curve, this.plot);
      });
      return element;
    };
    return h(
      "div",
      { class: "toolbar", role: "group", "aria-label": "Downloads" },
      button("Curve CSV", "Download the curve and its error budget", (curve) =>
        download(`${this.file}-curve.csv`, "text/csv", curveCsv(curve)),
      ),
      button("Points CSV", "Download the measured points", (curve) =>
        download(`${this.file}-points.csv`, "text/csv", pointsCsv(curve)),
      ),
      button("SVG", "Download the picture", (_, plot) =>
        download(`${this.file}.svg`, "image/svg+xml", standaloneSvg(plot.svg)),
      ),
    );
  }

  private get file(): string {
    const name = (this.getAttribute("name") ?? "twin").toLowerCase().replace(/[^a-z0-9]+/g, "-");
    return `${name}-${this.curve?.observable.name ?? ""}-v${this.curve?.version?.number ?? 0}`;
  }

  private readHash(): void {
    const set = new URLSearchParams(location.hash.slice(1));
    const x = Number(set.get("x") ?? NaN);
    this.pinned = Number.isFinite(x) ? x : null;
    this.hiddenSources = new Set(set.get("hide")?.split(",").filter(Boolean));
  }

  private writeHash(): void {
    const set = new URLSearchParams();
    if (this.pinned !== null) set.set("x", this.pinned.toFixed(4));
    if (this.hiddenSources.size) set.set("hide", [...this.hiddenSources].join(","));
    const hash = set.size ? `#${set}` : "";
    history.replaceState(null, "", `${location.pathname}${location.search}${hash}`);
  }
}

function nearest(placed: Placed[], x: number, y: number): Placed | null {
  let best: Placed | null = null;
  let distance = REACH;
  for (const candidate of placed) {
    const d = Math.hypot(candidate.x - x, candidate.y - y);
    if (d < distance) [best, distance] = [candidate, d];
  }
  return best;
}
