/**
 * `<twin-surface src="/api/v1/projects/…/twin/surface?observable=…" time="time">`: the twin over two
 * controls as a map, and the two curves through its cursor. Sliders move the cursor and hold further
 * controls; a control that is a time can be played. Its children are what is read without script.
 */
import { paced, type LiveEvent } from "../page/live";
import { follow, pointAt, type Cursor } from "./cursor";
import { at } from "./curve";
import { h } from "./dom";
import { over, placed, symbol, uncertain } from "./format";
import { Frame, type Sheet } from "./frame";
import { drawMap, echo, placeCursor, STANDINGS, type Map as Drawn, type Mode } from "./heatmap";
import { cell, controlOf, sliceOf, type Axis, type Control, type Surface } from "./plane";
import { drawSlice } from "./slice";
import { seriesOf, type Series } from "./series";

const REFRESH_MS = 1500;
const HOLD_MS = 200;
const FRAME_MS = 140;
const MODES: [Mode, string][] = [
  ["mean", "Mean"],
  ["std", "σ"],
  ["trust", "Trust"],
];

/** A label within a sentence; units in it stay. */
const small = (label: string): string => label.charAt(0).toLowerCase() + label.slice(1);

export class TwinSurface extends HTMLElement {
  private surface: Surface | null = null;
  private series = new Map<string, Series>();
  private map: Drawn | null = null;
  private mode: Mode = "mean";
  private column = 0;
  private row = 0;
  private held: Record<string, number> = {};
  private playing: { timer: number; name: string } | null = null;
  private stop = new AbortController();
  private unfollow: () => void = () => {};

  private stage = h("div", { class: "surface-map" });
  private slices = h("div", { class: "surface-slices" });
  private said = h("p", { class: "readout-value", role: "status" });
  private trusted = h("p", { class: "soft small" });
  private sliders = h("div", { class: "surface-sliders", role: "group", "aria-label": "Where to look" });
  private message = h("p", { class: "chart-message soft", role: "status" });
  private frame: Frame | null = null;
  private observer = new ResizeObserver(() => this.draw());
  private refresh = paced(() => this.load(), REFRESH_MS);
  private reload = paced(() => this.load(), HOLD_MS);

  connectedCallback(): void {
    this.stop = new AbortController();
    const { signal } = this.stop;
    document.addEventListener(
      "qtwin:event",
      (event) => (event as CustomEvent<LiveEvent>).detail.kind === "twin.version" && this.refresh(),
      { signal },
    );
    this.stage.addEventListener("pointerdown", (event) => this.drag(event));
    this.stage.addEventListener("pointermove", (event) => this.hover(event));
    this.stage.addEventListener("pointerleave", () => pointAt(this, null));
    this.unfollow = follow(this, (cursor) => this.hear(cursor));
    this.refresh();
  }

  disconnectedCallback(): void {
    this.stop.abort();
    this.unfollow();
    this.observer.disconnect();
    this.pause();
  }

  private get address(): string {
    const address = new URL(this.getAttribute("src") ?? "", location.href);
    const held = Object.entries(this.held).map(([name, value]) => `${name}:${value}`);
    if (held.length) address.searchParams.set("fixed", held.join(","));
    return String(address);
  }

  private async load(): Promise<void> {
    const response = await fetch(this.address, { headers: { Accept: "application/json" } });
    if (!response.ok) {
      this.message.textContent = `The map could not be loaded (${response.status}). Reload the page to try again.`;
      if (this.frame === null) this.append(this.message);
      else this.message.hidden = false;
      return;
    }
    const surface = (await response.json()) as Surface;
    if (surface.version === null) return; // what the server wrote stays
    const first = this.surface === null;
    this.surface = surface;
    this.held = { ...surface.fixed, ...this.held };
    this.series = new Map(surface.sources.map((source, i) => [source.name, seriesOf(i)]));
    this.message.hidden = true;
    if (first) this.build(surface);
    this.dataset["version"] = String(surface.version.number);
    this.draw();
    this.frame?.changed();
  }

  private build(surface: Surface): void {
    this.column = Math.floor(surface.x.length / 2);
    this.row = Math.floor(surface.y.length / 2);
    const name = `${controlOf(surface, "x").label} and ${small(controlOf(surface, "y").label)}`;
    const frame = new Frame({
      name,
      file: () => this.file,
      svg: () => this.map?.svg ?? null,
      sheets: () => this.sheets(),
      json: () => this.surface,
    });
    const modes = MODES.map(([mode, label]) => {
      const button = h("button", { type: "button", class: "segment", "aria-pressed": String(mode === this.mode) }, label);
      button.addEventListener("click", () => {
        this.mode = mode;
        for (const other of modes) other.setAttribute("aria-pressed", String(other === button));
        this.draw();
      });
      return button;
    });
    frame.head.append(h("div", { class: "segments", role: "group", "aria-label": "Map of" }, ...modes));
    for (const control of surface.controls) this.sliders.append(this.slider(surface, control));
    frame.body.classList.add("surface-body");
    frame.body.append(
      this.message,
      h("div", {}, this.stage, this.sliders),
      h("div", {}, this.said, this.trusted, this.slices),
    );
    this.frame = frame;
    this.replaceChildren(frame.figure);
    this.observer.observe(this.stage);
  }

  /** A slider of a control: of the map's own it moves the cursor, of others it holds them. */
  private slider(surface: Surface, control: Control): HTMLElement {
    const axis = this.axisOf(surface, control);
    const samples = axis === null ? 40 : surface[axis].length - 1;
    const id = `surface-${control.name}`;
    const place = axis === null ? ((this.held[control.name] ?? 0) - control.lower) / (control.upper - control.lower) : 0.5;
    const input = h("input", { type: "range", id, min: 0, max: samples, step: 1, value: Math.round(place * samples), "data-control": control.name });
    input.addEventListener("input", () => this.set(control, Number(input.value)));
    const row = h("div", { class: "surface-slider" }, h("label", { for: id }, control.label), input, h("output", { for: id }));
    const times = (this.getAttribute("time") ?? "").split(" ");
    if (times.includes(control.name) && !matchMedia("(prefers-reduced-motion: reduce)").matches) {
      const button = h("button", { type: "button", class: "button", "aria-pressed": "false" }, "Play");
      button.addEventListener("click", () => this.play(control, input, button));
      row.append(button);
    }
    return row;
  }

  private axisOf(surface: Surface, control: Control): Axis | null {
    return control.name === surface.x_control ? "x" : control.name === surface.y_control ? "y" : null;
  }

  private set(control: Control, step: number): void {
    const surface = this.surface;
    if (surface === null) return;
    const axis = this.axisOf(surface, control);
    if (axis === "x") this.column = step;
    else if (axis === "y") this.row = step;
    else {
      this.held[control.name] = control.lower + ((control.upper - control.lower) * step) / 40;
      this.reload();
    }
    this.look();
  }

  private play(control: Control, input: HTMLInputElement, button: HTMLButtonElement): void {
    const was = this.playing?.name;
    this.pause();
    if (was === control.name) return;
    const last = Number(input.max);
    const advance = (): void => {
      input.value = String(Number(input.value) >= last ? 0 : Number(input.value) + 1);
      this.set(control, Number(input.value));
    };
    this.playing = { timer: window.setInterval(advance, FRAME_MS), name: control.name };
    this.said.setAttribute("aria-live", "off");
    button.textContent = "Pause";
    button.setAttribute("aria-pressed", "true");
  }

  private pause(): void {
    if (this.playing === null) return;
    clearInterval(this.playing.timer);
    this.playing = null;
    this.said.removeAttribute("aria-live");
    for (const button of this.sliders.querySelectorAll("button")) {
      button.textContent = "Play";
      button.setAttribute("aria-pressed", "false");
    }
  }

  /** The control that other charts of the page run along: the project's first. */
  private linked(surface: Surface): Axis | null {
    const [first] = surface.controls;
    return first === undefined ? null : this.axisOf(surface, first);
  }

  private hover(event: PointerEvent): void {
    const { surface, map } = this;
    if (event.buttons === 1) this.drag(event);
    if (surface === null || map === null) return;
    const box = map.svg.getBoundingClientRect();
    const axis = this.linked(surface);
    if (axis === "x") pointAt(this, { control: map.x.invert(event.clientX - box.left) });
    else if (axis === "y") pointAt(this, { control: map.y.invert(event.clientY - box.top) });
  }

  private hear(cursor: Cursor | null): void {
    if (this.surface === null || this.map === null) return;
    echo(this.map, this.linked(this.surface), cursor?.control ?? null);
  }

  private drag(event: PointerEvent): void {
    const { surface, map } = this;
    if (surface === null || map === null || (event.target as Element).closest("a")) return;
    const box = map.svg.getBoundingClientRect();
    const step = (axis: Axis, value: number): number => {
      const { lower, upper } = controlOf(surface, axis);
      const last = surface[axis].length - 1;
      return Math.min(last, Math.max(0, Math.round(((value - lower) / (upper - lower)) * last)));
    };
    this.column = step("x", map.x.invert(event.clientX - box.left));
    this.row = step("y", map.y.invert(event.clientY - box.top));
    this.look();
  }

  private draw(): void {
    const surface = this.surface;
    const width = Math.floor(this.stage.clientWidth);
    if (surface === null || width < 200) return;
    const what = this.mode === "trust" ? "What each place rests on" : `${this.mode === "mean" ? "Mean" : "σ"} of ${surface.observable.label}${over(surface.observable.unit)}`;
    this.map = drawMap({
      surface,
      mode: this.mode,
      width,
      series: this.series,
      jobs: this.getAttribute("jobs"),
      title: `${what} over ${controlOf(surface, "x").label} and ${controlOf(surface, "y").label}: ${surface.points.length} points.`,
    });
    this.stage.replaceChildren(this.map.svg);
    this.look();
  }

  /** What is seen from the cursor: its lines, the slices, the sentence, the sliders. */
  private look(): void {
    const { surface, map, column, row } = this;
    if (surface === null || map === null) return;
    placeCursor(map, at(surface.x, column), at(surface.y, row));
    const { unit } = surface.observable;
    const value = uncertain(cell(surface.mean, column, row) ?? NaN, cell(surface.std, column, row) ?? NaN);
    this.said.textContent = `${value} ${symbol(unit)}`.trim();
    const standing = cell(surface.trust.standing, column, row);
    const relative = cell(surface.trust.relative, column, row) ?? NaN;
    const far = cell(surface.trust.reference, column, row);
    this.trusted.textContent = [
      standing === undefined ? "" : STANDINGS[standing],
      `σ is ${Math.round(100 * relative)} % of the prior’s`,
      far == null ? "no reference" : `nearest reference ${Math.round(100 * far)} % of a range away`,
    ].join(" · ");
    this.drawSlices(surface);
    for (const control of surface.controls) this.write(surface, control);
  }

  private write(surface: Surface, control: Control): void {
    const input = this.sliders.querySelector<HTMLInputElement>(`[data-control="${CSS.escape(control.name)}"]`);
    const output = input?.parentElement?.querySelector("output");
    if (!input || !output) return;
    const axis = this.axisOf(surface, control);
    if (axis !== null) input.value = String(axis === "x" ? this.column : this.row);
    const value = axis === null ? (this.held[control.name] ?? NaN) : at(surface[axis], axis === "x" ? this.column : this.row);
    output.value = `${placed(value, control)} ${symbol(control.unit)}`.trim();
    input.setAttribute("aria-valuetext", output.value);
  }

  private drawSlices(surface: Surface): void {
    const width = Math.floor(this.slices.clientWidth);
    if (width < 150) return;
    const all = surface.mean.flat();
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = 0.08 * (high - low) || 1;
    const pictures = (["x", "y"] as const).map((axis) => {
      const control = controlOf(surface, axis);
      const other = controlOf(surface, axis === "x" ? "y" : "x");
      const where = axis === "x" ? at(surface.y, this.row) : at(surface.x, this.column);
      const held = `${small(other.label)} ${placed(where, other)} ${symbol(other.unit)}`.trim();
      const picture = drawSlice(sliceOf(surface, axis, this.column, this.row), control, {
        width,
        height: 210,
        domain: [low - room, high + room],
        here: axis === "x" ? at(surface.x, this.column) : at(surface.y, this.row),
        series: this.series,
        title: `${surface.observable.label} along ${control.label} at ${held}`,
      });
      return h("div", {}, h("p", { class: "small soft tabular" }, `Along ${small(control.label)}, at ${held}`), picture);
    });
    this.slices.replaceChildren(...pictures);
  }

  private sheets(): Sheet[] {
    const surface = this.surface;
    if (surface === null) return [];
    const [x, y] = [controlOf(surface, "x"), controlOf(surface, "y")];
    const jobs = this.getAttribute("jobs");
    const head = [x.name, y.name, "mean", "std", "lower_95", "upper_95", "standing", "relative_std"];
    const rows = surface.y.flatMap((above, row) =>
      surface.x.map((here, column) => [
        here,
        above,
        ...[surface.mean, surface.std, surface.lower, surface.upper].map((grid) => cell(grid, column, row) ?? null),
        cell(surface.trust.standing, column, row) ?? null,
        cell(surface.trust.relative, column, row) ?? null,
      ]),
    );
    const coarse = (index: number): boolean => Math.floor(index / surface.x.length) % 5 === 0 && (index % surface.x.length) % 5 === 0;
    return [
      {
        name: "Map",
        head,
        rows,
        shown: () => ({
          head: [x.label + over(x.unit), y.label + over(y.unit), `Mean ± 1σ${over(surface.observable.unit)}`, "Standing"],
          rows: rows
            .filter((_, i) => coarse(i))
            .map((cells) => [placed(Number(cells[0]), x), placed(Number(cells[1]), y), uncertain(Number(cells[2]), Number(cells[3])), String(cells[6])]),
          numeric: 3,
        }),
      },
      {
        name: "Points",
        head: ["source", x.name, y.name, "value", "std", "job"],
        rows: surface.points.map((p) => [p.source, p.x, p.y, p.value, p.std, p.job]),
        shown: () => ({
          head: [x.label + over(x.unit), y.label + over(y.unit), `Value ± 1σ${over(surface.observable.unit)}`, "Source", "From"],
          rows: surface.points.map((p) => [
            placed(p.x, x),
            placed(p.y, y),
            uncertain(p.value, p.std),
            surface.sources.find(({ name }) => name === p.source)?.label ?? p.source,
            p.job === null ? "imported" : jobs === null ? "job" : h("a", { href: `${jobs}${p.job}` }, "Job"),
          ]),
          numeric: 3,
        }),
      },
    ];
  }

  private get file(): string {
    const name = (this.getAttribute("name") ?? "twin").toLowerCase().replace(/[^a-z0-9]+/g, "-");
    return `${name}-${this.surface?.observable.name ?? ""}-v${this.surface?.version?.number ?? 0}-map`;
  }
}
