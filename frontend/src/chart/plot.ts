/** Draws the curve with its bands and points, and below it what the points say beyond the curve. */
import { median } from "d3-array";
import { scaleLinear, scaleSymlog, type ScaleLinear, type ScaleSymLog } from "d3-scale";
import { area, line } from "d3-shape";

import { at, interpolate, type Curve, type Point } from "./curve";
import { s } from "./dom";
import { minus, over, power, symbol } from "./format";
import type { Series } from "./series";

const MARGIN = { top: 8, right: 12, bottom: 40, left: 62 };
const GAP = 34;
const RESIDUALS = 150;

type Y = ScaleLinear<number, number> | ScaleSymLog<number, number>;

/** A drawn point with its place, so that the pointer can find it. */
export interface Placed {
  point: Point;
  x: number;
  y: number;
  mark: SVGElement;
}

export interface Plot {
  svg: SVGSVGElement;
  crosshair: SVGGElement;
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
  height: number;
  placed: Placed[];
}

export interface Options {
  curve: Curve;
  series: Map<string, Series>;
  hidden: ReadonlySet<string>;
  width: number;
  jobs: string;
  title: string;
}

export function drawPlot(options: Options): Plot {
  const { curve, width } = options;
  const points = curve.points.filter((point) => !options.hidden.has(point.source));
  const fitted = curve.version !== null;
  const main = Math.round(Math.min(400, Math.max(230, width * 0.5)));
  const height = MARGIN.top + main + (fitted ? GAP + RESIDUALS : 0) + MARGIN.bottom;
  const x = scaleLinear([curve.control.lower, curve.control.upper], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear(valueDomain(curve, points), [MARGIN.top + main, MARGIN.top]).nice();
  const svg = s("svg", {
    class: "plot",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "group",
    "aria-label": options.title,
  });
  const placed: Placed[] = [];

  svg.append(axisY(y, y.ticks(6), y.tickFormat(6), width));
  svg.append(axisName(curve.observable.label, curve.observable.unit, MARGIN.top + main / 2, main));
  if (fitted) svg.append(band(curve, x, y, curve.mean));
  svg.append(drawPoints(options, points, x, y, (point) => point.value, placed));

  let bottom = MARGIN.top + main;
  if (fitted) {
    const top = bottom + GAP;
    bottom = top + RESIDUALS;
    const residual = new Map(
      points.map((p) => [p.id, p.value - interpolate(curve.x, curve.mean, p.x)]),
    );
    const r = residualScale(curve, [...residual.values()], top, bottom);
    svg.append(s("text", { class: "panel-name", x: MARGIN.left, y: top - 10 }, "Points minus curve"));
    svg.append(axisY(r, residualTicks(r), residualText, width));
    svg.append(band(curve, x, r, curve.mean.map(() => 0), curve.mean));
    svg.append(drawPoints(options, points, x, r, (p) => residual.get(p.id) ?? 0, []));
  }
  svg.append(axisX(curve, x, bottom));
  const crosshair = s("g", { class: "crosshair", tabindex: 0, role: "slider" });
  svg.append(crosshair);
  return { svg, crosshair, x, y, height: bottom, placed };
}

/** Wide enough for the points and the curve; a runaway band may leave the picture. */
function valueDomain(curve: Curve, points: Point[]): [number, number] {
  const values = points.flatMap((p) => [p.value - p.std, p.value + p.std]).concat(curve.mean);
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = 0.25 * (high - low) || Math.abs(high) || 1;
  return [
    Math.max(low - room, Math.min(low, ...curve.lower)),
    Math.min(high + room, Math.max(high, ...curve.upper)),
  ];
}

function residualScale(
  curve: Curve,
  residuals: number[],
  top: number,
  bottom: number,
): ScaleSymLog<number, number> {
  const widths = curve.upper.map((u, i) => (u - at(curve.lower, i)) / 2);
  const linear = Math.max(median(widths) ?? 0, 1e-9);
  const most = Math.max(2 * linear, ...residuals.map(Math.abs));
  return scaleSymlog([-most * 1.3, most * 1.3], [bottom, top]).constant(linear);
}

function residualTicks(scale: ScaleSymLog<number, number>): number[] {
  const most = scale.domain()[1] ?? 1;
  const highest = Math.floor(Math.log10(most));
  const ticks = [0];
  let last = scale(0);
  for (let e = Math.ceil(Math.log10(scale.constant())); e <= highest; e++) {
    const place = scale(10 ** e);
    if (Math.abs(place - last) < 13) continue;
    last = place;
    ticks.push(10 ** e, -(10 ** e));
  }
  return ticks.length > 1 ? ticks : scaleLinear([-most, most], [0, 1]).ticks(3);
}

function residualText(value: number): string {
  const decade = Math.log10(Math.abs(value));
  if (value === 0) return "0";
  return Math.abs(decade - Math.round(decade)) < 1e-9 ? power(value) : String(value);
}

function band(
  curve: Curve,
  x: ScaleLinear<number, number>,
  y: Y,
  center: number[],
  subtract: number[] | null = null,
): SVGGElement {
  const shift = (i: number): number => (subtract === null ? 0 : at(subtract, i));
  const range = y.range();
  const [low, high] = [Math.min(...range), Math.max(...range)];
  const place = (value: number): number => Math.min(high, Math.max(low, y(value)));
  const ribbon = (lower: (i: number) => number, upper: (i: number) => number): string =>
    area<number>()
      .x((v) => x(v))
      .y0((_, i) => place(lower(i)))
      .y1((_, i) => place(upper(i)))(curve.x) ?? "";
  const stroke = line<number>()
    .x((v) => x(v))
    .y((_, i) => place(at(center, i)))(curve.x);
  return s(
    "g",
    { class: "belief" },
    s("path", {
      class: "band-95",
      d: ribbon((i) => at(curve.lower, i) - shift(i), (i) => at(curve.upper, i) - shift(i)),
    }),
    s("path", {
      class: "band-1",
      d: ribbon(
        (i) => at(center, i) - at(curve.std, i),
        (i) => at(center, i) + at(curve.std, i),
      ),
    }),
    s("path", { class: "mean", d: stroke ?? "" }),
  );
}

function drawPoints(
  options: Options,
  points: Point[],
  x: ScaleLinear<number, number>,
  y: Y,
  value: (point: Point) => number,
  placed: Placed[],
): SVGGElement {
  const group = s("g", { class: "points" });
  for (const point of points) {
    const series = options.series.get(point.source);
    if (series === undefined) continue;
    const [px, v] = [x(point.x), value(point)];
    const amplified = point.gain !== null && point.gain > 1;
    const mark = s("a", {
      class: `point ${series.className}${amplified ? " amplified" : ""}`,
      href: point.job === null ? null : `${options.jobs}${point.job}`,
      tabindex: -1,
      "data-source": point.source,
    });
    const [high, low] = [y(v + point.std), y(v - point.std)];
    if (low - high > 3) mark.append(s("path", { class: "error", d: `M${px} ${high}V${low}` }));
    mark.append(s("path", { class: "mark", d: series.path, transform: `translate(${px} ${y(v)})` }));
    group.append(mark);
    placed.push({ point, x: px, y: y(v), mark });
  }
  return group;
}

function axisY(y: Y, ticks: number[], format: (value: number) => string, width: number): SVGGElement {
  const group = s("g", { class: "axis", "aria-hidden": "true" });
  for (const tick of ticks) {
    const place = y(tick);
    group.append(
      s("path", { class: tick === 0 ? "grid zero" : "grid", d: `M${MARGIN.left} ${place}H${width - MARGIN.right}` }),
      s("text", { x: MARGIN.left - 8, y: place, dy: "0.32em", "text-anchor": "end" }, minus(format(tick))),
    );
  }
  return group;
}

function axisX(curve: Curve, x: ScaleLinear<number, number>, bottom: number): SVGGElement {
  const group = s("g", { class: "axis", "aria-hidden": "true" });
  const [left, right] = [x.range()[0] ?? 0, x.range()[1] ?? 0];
  const ticks = x.ticks(Math.max(3, (right - left) / 90));
  const format = x.tickFormat(ticks.length);
  group.append(s("path", { class: "base", d: `M${left} ${bottom}H${right}` }));
  for (const tick of ticks) {
    group.append(s("text", { x: x(tick), y: bottom + 16, "text-anchor": "middle" }, minus(format(tick))));
  }
  const name = curve.control.label + over(curve.control.unit);
  group.append(
    s("text", { class: "axis-name", x: (left + right) / 2, y: bottom + 34, "text-anchor": "middle" }, name),
  );
  return group;
}

function axisName(label: string, unit: string, y: number, room: number): SVGTextElement {
  const short = label.replace(/ \(.*\)$/, "");
  const text = room > short.length * 7 ? `${short} / ${symbol(unit)}` : symbol(unit);
  return s(
    "text",
    {
      class: "axis-name",
      transform: `translate(14 ${y}) rotate(-90)`,
      "text-anchor": "middle",
      "aria-hidden": "true",
    },
    text.replace(/ \/ $/, ""),
  );
}
