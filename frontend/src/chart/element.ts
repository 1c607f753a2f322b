/**
 * `<twin-chart src="/api/v1/projects/…/twin/curve?observable=…">`: the twin's curve and evidence.
 *
 * Attributes: `name` of the project, for files; `jobs`, what the address of a job's page starts with
 * (left out, points lead to no job); `measurements`, the same of a measurement's; `datasets`, the id of the section about imported data;
 * `legend`, labels of the sources, a line each, and `fitted` if there is a twin: room is kept for them;
 * `version`, the number of an earlier version; `fixed-NAME`, what another control is held at. A
 * change of these asks the server again. What the viewer set (hidden sources, the crosshair's place,
 * the range in sight) survives new data, and is kept in the address after `#`, so that a view can be
 * shared.
 */
import { announce } from "../page/forms";
import { paced, type LiveEvent } from "../page/live";
import { keepInAddress, numberOf, readAddress } from "./address";
import { MARGIN } from "./axes";
import type { Residual } from "./bins";
import { follow, pointAt } from "./cursor";
import { at, nearestIndex, resampled, residualsOf, type Curve } from "./curve";
import { h, icon } from "./dom";
import { placed, symbol } from "./format";
import { Frame } from "./frame";
import { setUpGestures } from "./gestures";
import { Inspector } from "./inspector";
import { pressed } from "./keys";
import { awaitLegend, drawKey, drawLegend } from "./legend";
import type { Places } from "./origin";
import { drawPlot, usualHeight, type Plot } from "./plot";
import { sentence } from "./readout";
import { seriesOf, type Series } from "./series";
import { CurveSource } from "./source";
import { sheetsOf } from "./tables";
import { View } from "./view";

const REFRESH_MS = 1500;
const STEP = 0.5;
const FIXED = "fixed-";
const NO_RESIDUAL: Residual = () => 0;

export class TwinChart extends HTMLElement {
  /** The whole curve with all points, as the server sent it. */
  private curve: Curve | null = null;
  /** A part of it, finely. */
  private fine: Curve | null = null;
  private residuals = { whole: NO_RESIDUAL, fine: NO_RESIDUAL };
  /** What is in sight. */
  private shown: Curve | null = null;
  private plot: Plot | null = null;
  private series = new Map<string, Series>();
  private hiddenSources = new Set<string>();
  private wanted: [number, number] | null = null;
  private frameAsked = 0;
  private stale = false;

  private view = new View(() => this.rangeChanged());
  private source = new CurveSource(() => this.address());
  private inspector = new Inspector(this);
  private legend = h("div", { class: "legend", role: "group", "aria-label": "Sources shown" });
  private key = h("p", { class: "key soft" });
  private message = h("p", { class: "chart-message soft", role: "status" }, "Loading the twin…");
  private reset = this.button("zoom-reset", "Show the whole range (0)", () => this.view.reset());
  private frame = new Frame({
    name: "Curve and evidence",
    heading: "h2",
    file: () => this.file,
    svg: () => this.plot?.svg ?? null,
    sheets: () => this.sheets(),
    json: () => ({ ...this.shown, points: this.curve?.points }),
  });

  private observer = new ResizeObserver(() => this.draw());
  private attributesChanged = new MutationObserver((changes) => {
    const asks = (name: string): boolean => name === "src" || name === "version" || name.startsWith(FIXED);
    if (changes.some(({ attributeName }) => asks(attributeName ?? ""))) void this.load();
  });
  private refresh = paced(() => this.load(), REFRESH_MS);
  private heard = (event: Event): void => {
    const { kind } = (event as CustomEvent<LiveEvent>).detail;
    if (kind === "twin.version" || kind === "job.progress" || kind === "job.state") this.refresh();
  };
  private unfollow = (): void => undefined;

  connectedCallback(): void {
    this.readHash();
    this.frame.head.replaceChildren(this.legend);
    this.frame.tools.prepend(
      this.button("zoom-in", "Zoom in (+)", () => this.zoom(STEP)),
      this.button("zoom-out", "Zoom out (−)", () => this.zoom(1 / STEP)),
      this.reset,
    );
    this.frame.body.before(this.message);
    this.frame.body.replaceChildren(h("div", {}, this.inspector.stage, this.key), this.inspector.readout);
    this.replaceChildren(this.frame.figure);
    this.keepRoom();
    this.listen();
    this.observer.observe(this.inspector.stage);
    this.attributesChanged.observe(this, { attributes: true });
    this.unfollow = follow(this, (cursor) => this.inspector.follow(cursor));
    document.addEventListener("qtwin:event", this.heard);
    void document.fonts.ready.then(() => this.later());
    this.refresh();
  }

  disconnectedCallback(): void {
    this.observer.disconnect();
    this.attributesChanged.disconnect();
    this.source.stop();
    this.unfollow();
    document.removeEventListener("qtwin:event", this.heard);
  }

  /** As much as the chart will take, so that nothing below moves when it comes. */
  private keepRoom(): void {
    if (this.curve !== null) return;
    awaitLegend(this.legend, this.getAttribute("legend") ?? "");
    if (!this.hasAttribute("fitted")) return;
    this.key.textContent = "\u00a0";
    const { stage } = this.inspector;
    stage.style.minHeight = `${usualHeight(stage.clientWidth)}px`;
  }

  private listen(): void {
    const { inspector, view } = this;
    const { overlay, stage } = inspector;
    const place = (x: number): number => this.plot?.x.invert(x) ?? 0;
    setUpGestures(stage, {
      zoomed: () => !view.whole,
      look: (x, y) => {
        inspector.moveTo(x, y);
        this.nextFrame();
      },
      leave: () => inspector.leave(),
      click: (x, y, event) => this.clicked(x, y, event),
      select: (from, to, done) => {
        if (done) view.show(place(from), place(to));
        else overlay.select(Math.max(MARGIN.left, from), Math.max(MARGIN.left, to));
      },
      unselect: () => overlay.select(null),
      move: (by) => view.move((by * view.span) / Math.max(1, stage.clientWidth - MARGIN.left - MARGIN.right)),
      zoom: (factor, x) => view.zoom(factor, place(x)),
    });
    overlay.crosshair.addEventListener("keydown", (event) => {
      const last = (this.shown?.x.length ?? 0) - 1;
      const move = (index: number): void => this.moveCrosshair(index);
      const zoom = (kind: "in" | "out" | "reset"): void => {
        inspector.blind();
        if (kind === "reset") view.reset();
        else this.zoom(kind === "in" ? STEP : 1 / STEP);
      };
      if (last > 0) pressed(event, { index: inspector.index, last, move, zoom });
    });
  }

  /** The API's address with what the attributes say. */
  private address(): URL {
    const address = new URL(this.getAttribute("src") ?? "", location.href);
    const version = this.getAttribute("version");
    if (version) address.searchParams.set("version", version);
    const held = this.getAttributeNames()
      .filter((name) => name.startsWith(FIXED))
      .map((name) => `${this.controlOf(name.slice(FIXED.length))}:${this.getAttribute(name)}`);
    if (held.length) address.searchParams.set("fixed", held.join());
    return address;
  }

  /** Attributes are in small letters, names of controls may not be. */
  private controlOf(small: string): string {
    return Object.keys(this.curve?.fixed ?? {}).find((name) => name.toLowerCase() === small) ?? small;
  }

  private async load(): Promise<void> {
    try {
      const curve = await this.source.whole();
      if (curve !== null) this.take(curve);
    } catch (error) {
      const why = error instanceof Response ? String(error.status) : "no answer";
      this.message.hidden = false;
      this.message.textContent = `The twin could not be loaded (${why}). It is tried again with the next event; or reload the page.`;
    }
  }

  private take(curve: Curve): void {
    const { control, version, sources } = curve;
    this.curve = curve;
    this.fine = null;
    this.residuals.whole = residualsOf(curve);
    const series = sources.map((source, i) => [source, seriesOf(i)] as const);
    const [references, others] = [true, false].map((kind) => series.filter(([{ role }]) => (role === "reference") === kind));
    this.series = new Map([...(others ?? []), ...(references ?? [])].map(([{ name }, one]) => [name, one])); // references on top
    this.view.bound(control.lower, control.upper, this.wanted);
    this.wanted = null;
    if (!this.view.whole) this.askFine();
    this.message.hidden = true;
    this.dataset["version"] = String(version?.number ?? 0);
    this.drawLegend();
    this.draw();
  }

  private rangeChanged(): void {
    const { from, to, whole } = this.view;
    const short = (value: number): string => String(Number(value.toPrecision(8)));
    keepInAddress({ from: whole ? null : short(from), to: whole ? null : short(to) });
    this.source.stop();
    if (!whole) this.askFine();
    const { control } = this.curve ?? {};
    if (control) announce(`${control.label} from ${placed(from, control)} to ${placed(to, control)} ${symbol(control.unit)}`);
    this.later();
  }

  private askFine(): void {
    const { from, to } = this.view;
    if (this.curve?.version == null) return;
    this.source.part(from, to, (fine) => {
      this.fine = fine;
      this.residuals.fine = residualsOf(fine);
      this.later();
    });
  }

  /** The curve over the range in sight: the server's samples, or read off them until they come. */
  private inSight(curve: Curve): [Curve, Residual] {
    const { from, to, whole } = this.view;
    if (whole || curve.version === null) return [curve, this.residuals.whole];
    const { fine } = this;
    const fits = fine !== null && Math.abs(at(fine.x, 0) - from) + Math.abs(at(fine.x, fine.x.length - 1) - to) < 1e-9 * (to - from);
    if (fits && fine.version?.number === curve.version.number) return [{ ...fine, points: curve.points }, this.residuals.fine];
    return [resampled(curve, from, to), this.residuals.whole];
  }

  /** Draw with the next frame, however often this is called. */
  private later(): void {
    this.stale = true;
    this.nextFrame();
  }

  private nextFrame(): void {
    this.frameAsked ||= requestAnimationFrame(() => {
      this.frameAsked = 0;
      if (this.stale) this.draw();
      else this.inspector.look();
    });
  }

  private draw(): void {
    this.stale = false;
    const { curve, series, places } = this;
    const width = Math.floor(this.inspector.stage.clientWidth);
    if (curve === null || width < 200) return;
    const [shown, residual] = this.inSight(curve);
    const { from, to, whole } = this.view;
    const plot = drawPlot({
      ...{ curve: shown, points: curve.points, residual, from, to, series, hidden: this.hiddenSources },
      ...{ width, title: this.summary(shown) },
    });
    if (this.plot?.column !== plot.column) drawKey(this.key, curve, plot.column);
    [this.shown, this.plot] = [shown, plot];
    this.reset.toggleAttribute("disabled", whole);
    this.inspector.stage.style.minHeight = "";
    this.inspector.redrawn({ plot, curve: shown, series, places, width });
    this.frame.changed();
  }

  private summary(curve: Curve): string {
    const { observable, control, points } = curve;
    const { from, to } = this.view;
    const range = `${control.label} from ${placed(from, control)} to ${placed(to, control)} ${control.unit}`;
    const focus = curve.version === null ? "" : ` At ${sentence(curve, curve.focus)}.`;
    return `${observable.label} in ${observable.unit} against ${range}: ${points.length} points.${focus}`;
  }

  private drawLegend(): void {
    const { curve, series, hiddenSources: hidden } = this;
    if (curve === null) return;
    drawLegend(this.legend, {
      ...{ curve, series, hidden },
      toggle: (name, alone) => this.toggle(name, alone),
      look: (source) => {
        this.inspector.light(source);
        pointAt(this, source === null ? null : { control: null, source });
      },
    });
  }

  private toggle(name: string, alone: boolean): void {
    const names = this.curve?.sources.map((source) => source.name) ?? [];
    if (alone) {
      const already = names.every((n) => (n === name) !== this.hiddenSources.has(n));
      this.hiddenSources = new Set(already ? [] : names.filter((n) => n !== name));
    } else if (!this.hiddenSources.delete(name)) {
      this.hiddenSources.add(name);
    }
    keepInAddress({ hide: [...this.hiddenSources].join() || null });
    this.drawLegend();
    this.draw();
  }

  private clicked(x: number, y: number, event: MouseEvent): void {
    const { shown, plot, inspector } = this;
    if (shown === null || plot === null || (event.target as Element).closest("a[href]")) return;
    const found = inspector.markAt(x, y);
    if (found !== null && found.bin.points.length > 1 && inspector.shows(found)) return this.view.zoom(STEP / 2, found.bin.x);
    this.pin(at(shown.x, nearestIndex(shown.x, plot.x.invert(x))));
    inspector.moveTo(x, y);
    inspector.look();
  }

  private pin(place: number): void {
    this.inspector.pin(place);
    keepInAddress({ x: String(Number(place.toPrecision(8))) });
  }

  private zoom(factor: number): void {
    const { shown, view } = this;
    if (shown === null) return;
    const crosshair = at(shown.x, this.inspector.index);
    view.zoom(factor, Number.isFinite(crosshair) ? crosshair : (view.from + view.to) / 2);
  }

  /** To a sample; it may be out of sight, the range in sight then moves along. */
  private moveCrosshair(index: number): void {
    const { shown, view } = this;
    if (shown === null) return;
    const last = shown.x.length - 1;
    const step = view.span / last;
    const place = view.from + index * step;
    const { lower, upper } = shown.control;
    this.inspector.blind();
    this.pin(Math.min(upper, Math.max(lower, place)));
    if (index < 0 || index > last) view.move((index < 0 ? index : index - last) * step);
  }

  private sheets(): ReturnType<typeof sheetsOf> {
    const { curve, shown, places, hiddenSources: hidden } = this;
    if (curve === null || shown === null) return [];
    const { from, to } = this.view;
    return sheetsOf({ curve: shown, points: curve.points, hidden, from, to, places });
  }

  private get places(): Places {
    const [jobs, measurements] = [this.getAttribute("jobs"), this.getAttribute("measurements")];
    return { jobs, measurements, datasets: this.getAttribute("datasets") ?? "data-title" };
  }

  private button(name: string, title: string, work: () => void): HTMLButtonElement {
    const button = h("button", { type: "button", class: "button button-quiet button-square", title, "aria-label": title }, icon(name));
    button.addEventListener("click", work);
    return button;
  }

  private get file(): string {
    const name = (this.getAttribute("name") ?? "twin").toLowerCase().replace(/[^a-z0-9]+/g, "-");
    return `${name}-${this.curve?.observable.name ?? ""}-v${this.curve?.version?.number ?? 0}`;
  }

  private readHash(): void {
    const set = readAddress();
    this.inspector.pinned = numberOf(set, "x");
    const [from, to] = [numberOf(set, "from"), numberOf(set, "to")];
    this.wanted = from !== null && to !== null && from < to ? [from, to] : null;
    this.hiddenSources = new Set(set.get("hide")?.split(",").filter(Boolean));
  }
}
