/** The sources of a chart as switches, each with its mark; and the key to what is drawn. */
import type { Curve } from "./curve";
import { h } from "./dom";
import { fixed, symbol } from "./format";
import { seriesOf, swatch, type Series } from "./series";

export interface Legend {
  curve: Curve;
  series: Map<string, Series>;
  hidden: ReadonlySet<string>;
  /** `alone`: show only this one. */
  toggle: (source: string, alone: boolean) => void;
  /** A source is pointed at, or none. */
  look: (source: string | null) => void;
}

export function drawLegend(place: HTMLElement, { curve, series, hidden, toggle, look }: Legend): void {
  const focused = (document.activeElement as HTMLElement | null)?.dataset?.["source"];
  const buttons = curve.sources.map((source) => {
    const shown = !hidden.has(source.name);
    const button = h(
      "button",
      { type: "button", class: "legend-item", "aria-pressed": String(shown), "data-source": source.name },
      swatch(series.get(source.name) ?? seriesOf(0)),
      source.label,
      h("span", { class: "legend-count" }, String(source.measurements)),
    );
    button.title = `${shown ? "Hide" : "Show"} ${source.label} (${source.role}); with Shift: only this one`;
    button.addEventListener("click", (event) => toggle(source.name, event.shiftKey));
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, () => look(source.name));
    for (const kind of ["pointerleave", "blur"]) button.addEventListener(kind, () => look(null));
    return button;
  });
  place.replaceChildren(...buttons);
  if (focused !== undefined) place.querySelector<HTMLElement>(`[data-source="${CSS.escape(focused)}"]`)?.focus();
}

/** The same while its counts are not known yet; `labels` are a line each. */
export function awaitLegend(place: HTMLElement, labels: string): void {
  const items = labels.split("\n").filter(Boolean);
  const count = (): HTMLElement => h("span", { class: "legend-count" }, "\u2007\u2007");
  place.replaceChildren(...items.map((label, i) => h("span", { class: "legend-item" }, swatch(seriesOf(i)), label, count())));
}

/** What lines and marks mean; `column` is the width of those that stand for several points, or 0. */
export function drawKey(place: HTMLElement, curve: Curve, column: number): void {
  const item = (className: string, text: string): HTMLElement => h("span", {}, h("i", { class: className }), text);
  const items = [item("key-mean", "mean"), item("key-1", "1σ"), item("key-95", "95 % interval")];
  if (curve.version === null) items.length = 0;
  const amplified = curve.points.some((point) => point.gain !== null && point.gain > 1);
  if (amplified) items.push(item("key-amplified", "hollow: noise amplified on purpose"));
  if (column > 0) {
    const decimals = Math.max(0, 1 - Math.floor(Math.log10(column)));
    const width = `${fixed(column, decimals)} ${symbol(curve.control.unit)}`.trim();
    const text = `a mark is the mean of a source’s points within ${width}; thin line: all of them. Zoom in to see each`;
    items.push(item("key-bins", text));
  }
  place.replaceChildren(...items);
}
