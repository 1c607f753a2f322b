/** What the twin says at the crosshair: value, interval, error budget, weight of each source. */
import { causeClass, causesAt, type Cause } from "./causes";
import { at, sourceLabel, weightsAt, type Curve } from "./curve";
import { h } from "./dom";
import { decimalsFor, fixed, over, percent, placed, spread, symbol, uncertain } from "./format";
import type { Series } from "./series";

export function place(curve: Curve, index: number): string {
  return `${placed(at(curve.x, index), curve.control)} ${symbol(curve.control.unit)}`.trim();
}

export function sentence(curve: Curve, index: number): string {
  const value = uncertain(at(curve.mean, index), at(curve.std, index));
  return `${place(curve, index)}: ${value} ${symbol(curve.observable.unit)}, 95 % interval ${interval(curve, index)}`;
}

function interval(curve: Curve, index: number): string {
  const decimals = decimalsFor(at(curve.std, index));
  return `${fixed(at(curve.lower, index), decimals)} to ${fixed(at(curve.upper, index), decimals)}`;
}

export function drawReadout(curve: Curve, index: number, series: Map<string, Series>): Node[] {
  if (curve.version === null) {
    return [
      h("h3", {}, "No twin yet"),
      h("p", { class: "soft small" }, "The curve is drawn when the first evidence has been fitted."),
    ];
  }
  const causes = causesAt(curve, index);
  const total = at(curve.std, index) ** 2;
  return [
    h("p", { class: "readout-place" }, `${curve.control.label} ${place(curve, index)}`),
    h(
      "p",
      { class: "readout-value" },
      uncertain(at(curve.mean, index), at(curve.std, index)),
      h("small", {}, ` ${symbol(curve.observable.unit)}`),
    ),
    h("p", { class: "soft small tabular" }, `95 % interval ${interval(curve, index)}`),
    h("h3", {}, `Error budget${over(curve.observable.unit)}`),
    bar(causes.map((c) => ({ className: causeClass(c.name, series), size: c.variance / total }))),
    budgetTable(causes, total, series),
    h("h3", {}, "Weight of each source"),
    weights(curve, index, series),
    ...checks(curve),
  ];
}

/** How the twin does on reference points that it was not shown. */
function checks(curve: Curve): Node[] {
  const { rmse, coverage_95: coverage } = curve.version?.scores ?? {};
  if (rmse === undefined || coverage === undefined) return [];
  const rows: [string, string][] = [
    ["Typical error", `${spread(rmse)} ${symbol(curve.observable.unit)}`],
    ["Inside their 95 % interval", percent(coverage)],
  ];
  const list = h("dl", { class: "checks" });
  for (const [name, value] of rows) list.append(h("dt", {}, name), h("dd", { class: "num" }, value));
  return [h("h3", {}, "Tried on left-out references"), list];
}

function bar(parts: { className: string; size: number }[]): HTMLElement {
  const stack = h("div", { class: "stack", "aria-hidden": "true" });
  for (const { className, size } of parts) {
    const part = h("span", { class: className });
    part.style.flexGrow = String(size);
    stack.append(part);
  }
  return stack;
}

function budgetTable(causes: Cause[], total: number, series: Map<string, Series>): HTMLElement {
  const body = h("tbody");
  for (const cause of causes) {
    body.append(
      h(
        "tr",
        { "data-cause": cause.name, "data-variance": cause.variance },
        h("th", { scope: "row" }, h("i", { class: `chipmark ${causeClass(cause.name, series)}` }), cause.label),
        h("td", { class: "num" }, spread(Math.sqrt(cause.variance))),
        h("td", { class: "num" }, percent(cause.variance / total)),
      ),
    );
  }
  body.append(
    h(
      "tr",
      { class: "total", "data-total": total },
      h("th", { scope: "row" }, "Total"),
      h("td", { class: "num" }, spread(Math.sqrt(total))),
      h("td", { class: "num" }, "100 %"),
    ),
  );
  const head = h("thead", { class: "hidden-visually" }, h("tr", {}, ...["Cause", "1σ", "Share of variance"].map((t) => h("th", { scope: "col" }, t))));
  return h("table", { class: "budget" }, head, body);
}

function weights(curve: Curve, index: number, series: Map<string, Series>): HTMLElement {
  const list = h("ul", { class: "weights" });
  for (const { name, weight } of weightsAt(curve, index)) {
    if (weight < 0.005) continue;
    const fill = h("i", { class: series.get(name)?.className ?? "cause-other" });
    fill.style.width = `${100 * weight}%`;
    list.append(
      h(
        "li",
        {},
        h("span", {}, sourceLabel(curve, name)),
        h("span", { class: "weight-bar", "aria-hidden": "true" }, fill),
        h("span", { class: "num" }, percent(weight)),
      ),
    );
  }
  return list;
}
