/** Draws the curve with its bands and points, its error budget, and what points say beyond the curve. */
import { median } from "d3-array";
import { scaleLinear, scaleSymlog, type ScaleLinear, type ScaleSymLog } from "d3-scale";
import { area, line } from "d3-shape";

import { axisName, axisX, axisY, MARGIN, type X, type Y } from "./axes";
import { binned, singles, type Bin, type Residual } from "./bins";
import { layersOf, type Layer } from "./causes";
import { at, within, type Curve, type Point } from "./curve";
import { s } from "./dom";
import { power } from "./format";
import { drawMarks, residuals, values, type Placed } from "./marks";
import type { Series } from "./series";
import { drawStack, STACK } from "./stack";

const GAP = 34;
const RESIDUALS = 130;

/** With more points in sight, those of a column of pixels are one mark. */
export const MOST_POINTS = 1500;
const COLUMN = 8;

export interface Plot {
  svg: SVGSVGElement;
  x: X;
  y: ScaleLinear<number, number>;
  /** The scale of the error budget and its layers; null without a twin. */
  budget: { y: ScaleLinear<number, number>; layers: Layer[] } | null;
  /** Where the lowest panel ends. */
  height: number;
  placed: Placed[];
  /** Width of the columns whose points are one mark, in the control's unit; 0 where each is drawn. */
  column: number;
}

export interface Options {
  /** Its samples are what is in sight. */
  curve: Curve;
  /** Sorted by place. */
  points: readonly Point[];
  residual: Residual;
  from: number;
  to: number;
  series: Map<string, Series>;
  hidden: ReadonlySet<string>;
  width: number;
  title: string;
}

export function drawPlot(options: Options): Plot {
  const { curve, series, width, from, to, residual } = options;
  const points = within(options.points, from, to).filter((point) => !options.hidden.has(point.source));
  const fitted = curve.version !== null;
  const main = heightOfCurve(width);
  const x = scaleLinear([from, to], [MARGIN.left, width - MARGIN.right]);
  const column = points.length > MOST_POINTS ? ((to - from) * COLUMN) / (width - MARGIN.left - MARGIN.right) : 0;
  const bins = column ? binned(points, residual, curve.control.lower, column) : singles(points, residual);
  const y = scaleLinear(valueDomain(curve, bins), [MARGIN.top + main, MARGIN.top]).nice();
  const svg = s("svg", { class: "plot", role: "group", "aria-label": options.title, width });

  svg.append(axisY(y, y.ticks(6), y.tickFormat(6), width));
  svg.append(axisName(curve.observable.label, curve.observable.unit, MARGIN.top + main / 2, main));
  if (fitted) svg.append(band(curve, x, y, curve.mean));
  const [group, placed] = drawMarks(bins, series, x, y, values);
  svg.append(group);

  let bottom = MARGIN.top + main;
  let budget: Plot["budget"] = null;
  if (fitted) {
    const layers = layersOf(curve, series);
    const stack = drawStack(curve, layers, x, bottom + 18, width);
    svg.append(stack.group);
    budget = { y: stack.y, layers };
    const top = stack.bottom + GAP;
    bottom = top + RESIDUALS;
    const r = residualScale(curve, bins, top, bottom);
    svg.append(s("text", { class: "panel-name", x: MARGIN.left, y: top - 10 }, "Points minus curve"));
    svg.append(axisY(r, residualTicks(r), residualText, width));
    svg.append(band(curve, x, r, curve.mean.map(() => 0), curve.mean));
    svg.append(drawMarks(bins, series, x, r, residuals)[0]);
  }
  svg.append(axisX(curve, x, bottom));
  const height = bottom + MARGIN.bottom;
  svg.setAttribute("height", String(height));
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  return { svg, x, y, budget, height: bottom, placed, column };
}

const heightOfCurve = (width: number): number => Math.round(Math.min(360, Math.max(220, width * 0.42)));

/** Of all panels of a twin in so much width, as far as it can be told before its numbers come. */
export function usualHeight(width: number): number {
  return MARGIN.top + heightOfCurve(width) + 18 + STACK + GAP + RESIDUALS + MARGIN.bottom;
}

/** Wide enough for the points and the curve; a runaway band may leave the picture. */
function valueDomain(curve: Curve, bins: Bin[]): [number, number] {
  if (bins.length === 0 && curve.mean.length === 0) return [0, 1];
  let [low, high] = [Math.min(...curve.mean), Math.max(...curve.mean)];
  for (const bin of bins) {
    low = Math.min(low, bin.low, bin.value - bin.error);
    high = Math.max(high, bin.high, bin.value + bin.error);
  }
  const room = 0.25 * (high - low) || at(curve.std, curve.focus) * 4 || Math.abs(high) || 1;
  return [
    Math.max(low - room, Math.min(low, ...curve.lower)),
    Math.min(high + room, Math.max(high, ...curve.upper)),
  ];
}

function residualScale(curve: Curve, bins: Bin[], top: number, bottom: number): ScaleSymLog<number, number> {
  const widths = curve.upper.map((u, i) => (u - at(curve.lower, i)) / 2);
  const linear = Math.max(median(widths) ?? 0, 1e-9);
  let most = 2 * linear;
  for (const bin of bins) most = Math.max(most, -bin.residualLow, bin.residualHigh);
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

function band(curve: Curve, x: X, y: Y, center: number[], subtract: number[] | null = null): SVGGElement {
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
