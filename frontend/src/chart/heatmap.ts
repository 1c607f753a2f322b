/** Draws a surface as a map: mean, σ or trust by colour, the measured points over it. */
import { extent, ticks } from "d3-array";
import { scaleLinear, type ScaleLinear } from "d3-scale";

import { s } from "./dom";
import { minus, over, uncertain } from "./format";
import { cell, controlOf, type Standing, type Surface } from "./plane";
import type { Series } from "./series";

/** What is mapped. */
export type Mode = "mean" | "std" | "trust";

export const STANDINGS: Record<Standing, string> = {
  calibrated: "Calibrated",
  interpolated: "Interpolated",
  vague: "Vague",
  extrapolated: "Extrapolated",
};

const MARGIN = { top: 10, right: 12, bottom: 44, left: 62 };
const BAR = 46;
/** Pixels within which marks of one source are one mark. */
const APART = 3;

export interface Map {
  svg: SVGSVGElement;
  x: ScaleLinear<number, number>;
  y: ScaleLinear<number, number>;
  cursor: SVGGElement;
}

export interface Options {
  surface: Surface;
  mode: Mode;
  width: number;
  series: ReadonlyMap<string, Series>;
  /** Where jobs are; null where they are not shown. */
  jobs: string | null;
  title: string;
}

export function drawMap(options: Options): Map {
  const { surface, mode, width } = options;
  const [across, along] = [controlOf(surface, "x"), controlOf(surface, "y")];
  const side = Math.round(Math.min(420, Math.max(240, width * 0.75)));
  const height = MARGIN.top + side + MARGIN.bottom + BAR;
  const x = scaleLinear([across.lower, across.upper], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear([along.lower, along.upper], [MARGIN.top + side, MARGIN.top]);
  const svg = s("svg", {
    class: "plot map",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "group",
    "aria-label": options.title,
  });
  svg.append(mode === "trust" ? trustCells(surface, x, y) : valueCells(surface, mode, x, y));
  svg.append(axis("x", x, MARGIN.top + side, across.label + over(across.unit)));
  svg.append(axis("y", y, MARGIN.left, along.label + over(along.unit)));
  svg.append(marks(options, x, y));
  const cursor = s("g", { class: "map-cursor", "data-live-only": true, "aria-hidden": "true" });
  svg.append(cursor);
  const foot = MARGIN.top + side + MARGIN.bottom + 6;
  if (mode !== "trust") svg.append(colourBar(surface, mode, x.range() as [number, number], foot));
  else svg.append(standingKey(surface, MARGIN.left, foot));
  return { svg, x, y, cursor };
}

/** The cursor's lines and dot. */
export function placeCursor(map: Map, x: number, y: number): void {
  const [px, py] = [map.x(x), map.y(y)];
  const [left, right] = map.x.range() as [number, number];
  const [bottom, top] = map.y.range() as [number, number];
  map.cursor.replaceChildren(
    s("path", { class: "map-hair-ground", d: `M${px} ${top}V${bottom}M${left} ${py}H${right}` }),
    s("path", { class: "map-hair", d: `M${px} ${top}V${bottom}M${left} ${py}H${right}` }),
    s("circle", { class: "dot", cx: px, cy: py, r: 5 }),
  );
}

/** Where another chart is pointed at, along one axis; nothing where it is not. */
export function echo(map: Map, axis: "x" | "y" | null, value: number | null): void {
  map.svg.querySelector(".map-echo")?.remove();
  if (axis === null || value === null) return;
  const place = map[axis](value);
  const [from, to] = map[axis === "x" ? "y" : "x"].range() as [number, number];
  const d = axis === "x" ? `M${place} ${from}V${to}` : `M${from} ${place}H${to}`;
  map.svg.append(s("path", { class: "map-echo", "data-live-only": true, d }));
}

/** Half-way between samples on each side, and the ends of the range. */
function edges(samples: number[]): [number, number][] {
  return samples.map((value, i) => [
    i === 0 ? value : ((samples[i - 1] ?? value) + value) / 2,
    i === samples.length - 1 ? value : (value + (samples[i + 1] ?? value)) / 2,
  ]);
}

function rectangles(
  surface: Surface,
  x: ScaleLinear<number, number>,
  y: ScaleLinear<number, number>,
  dress: (column: number, row: number) => Record<string, string>,
): SVGGElement {
  const group = s("g", { class: "cells", "aria-hidden": "true" });
  const [columns, rows] = [edges(surface.x), edges(surface.y)];
  rows.forEach(([low, high], row) =>
    columns.forEach(([left, right], column) => {
      const [px, py] = [x(left), y(high)];
      // A little wider, so that no line of the ground shows between two cells.
      group.append(s("rect", { x: px, y: py, width: x(right) - px + 0.6, height: y(low) - py + 0.6, ...dress(column, row) }));
    }),
  );
  return group;
}

/** Colours of the tokens, from the least value to the greatest. */
export function palette(domain: readonly [number, number]): ScaleLinear<string, string> {
  const style = getComputedStyle(document.documentElement);
  const colours = Array.from({ length: 6 }, (_, i) => style.getPropertyValue(`--map-${i}`).trim());
  const [low, high] = domain;
  return scaleLinear<string, string>(colours.map((_, i) => low + ((high - low) * i) / (colours.length - 1)), colours);
}

function domainOf(surface: Surface, mode: "mean" | "std"): [number, number] {
  const [low, high] = extent(surface[mode].flat()) as [number, number];
  return low < high ? [low, high] : [low - 1, high + 1];
}

function valueCells(surface: Surface, mode: "mean" | "std", x: ScaleLinear<number, number>, y: ScaleLinear<number, number>): SVGGElement {
  const colour = palette(domainOf(surface, mode));
  return rectangles(surface, x, y, (column, row) => ({ fill: colour(cell(surface[mode], column, row) ?? NaN) }));
}

function trustCells(surface: Surface, x: ScaleLinear<number, number>, y: ScaleLinear<number, number>): SVGGElement {
  const group = s("g", {});
  group.append(patterns());
  group.append(
    rectangles(surface, x, y, (column, row) => ({ fill: `url(#map-${cell(surface.trust.standing, column, row) ?? "vague"})` })),
  );
  return group;
}

function patterns(): SVGDefsElement {
  const pattern = (name: Standing, ...parts: SVGElement[]): SVGPatternElement =>
    s("pattern", { id: `map-${name}`, width: 8, height: 8, patternUnits: "userSpaceOnUse" }, ...parts);
  return s(
    "defs",
    {},
    pattern("calibrated", s("rect", { class: "standing-ground", width: 8, height: 8 })),
    pattern("interpolated", s("path", { class: "standing-stripe", d: "M-2 2L2 -2M0 8L8 0M6 10L10 6" })),
    pattern("vague", s("circle", { class: "standing-doubt", cx: 4, cy: 4, r: 2 })),
    pattern("extrapolated", s("path", { class: "standing-line", d: "M0 0L8 8M8 0L0 8" })),
  );
}

function standingKey(surface: Surface, left: number, top: number): SVGGElement {
  const group = s("g", { "aria-hidden": "true" });
  const present = new Set(surface.trust.standing.flat());
  let place = left;
  for (const [name, label] of Object.entries(STANDINGS)) {
    if (!present.has(name as Standing)) continue;
    group.append(
      s("rect", { class: "standing", x: place, y: top, width: 16, height: 12, fill: `url(#map-${name})` }),
      s("text", { x: place + 21, y: top + 10 }, label),
    );
    place += 100;
  }
  return group;
}

function colourBar(surface: Surface, mode: "mean" | "std", [left, right]: [number, number], top: number): SVGGElement {
  const domain = domainOf(surface, mode);
  const colour = palette(domain);
  const place = scaleLinear(domain, [left, right]);
  const steps = 48;
  const width = (right - left) / steps;
  const group = s("g", { "aria-hidden": "true" });
  for (let i = 0; i < steps; i++) {
    group.append(s("rect", { x: left + i * width, y: top, width: width + 0.6, height: 10, fill: colour(place.invert(left + (i + 0.5) * width)) }));
  }
  const marks = ticks(domain[0], domain[1], Math.max(2, (right - left) / 110));
  const format = place.tickFormat(marks.length);
  for (const mark of marks) {
    group.append(s("text", { x: place(mark), y: top + 24, "text-anchor": "middle" }, minus(format(mark))));
  }
  return group;
}

function axis(side: "x" | "y", scale: ScaleLinear<number, number>, at: number, name: string): SVGGElement {
  const group = s("g", { class: "axis", "aria-hidden": "true" });
  const [from, to] = scale.range() as [number, number];
  const marks = scale.ticks(Math.max(3, Math.abs(to - from) / 80));
  const format = scale.tickFormat(marks.length);
  const middle = (from + to) / 2;
  for (const mark of marks) {
    const text = minus(format(mark));
    if (side === "x") group.append(s("text", { x: scale(mark), y: at + 16, "text-anchor": "middle" }, text));
    else group.append(s("text", { x: at - 8, y: scale(mark), dy: "0.32em", "text-anchor": "end" }, text));
  }
  group.append(
    side === "x"
      ? s("text", { class: "axis-name", x: middle, y: at + 34, "text-anchor": "middle" }, name)
      : s("text", { class: "axis-name", transform: `translate(14 ${middle}) rotate(-90)`, "text-anchor": "middle" }, name),
  );
  return group;
}

function marks(options: Options, x: ScaleLinear<number, number>, y: ScaleLinear<number, number>): SVGGElement {
  const { surface, series, jobs } = options;
  const group = s("g", { class: "map-points" });
  const taken = new Set<string>();
  for (const point of surface.points) {
    const own = series.get(point.source);
    const spot = `${point.source} ${Math.round(x(point.x) / APART)} ${Math.round(y(point.y) / APART)}`;
    if (own === undefined || taken.has(spot)) continue;
    taken.add(spot);
    const label = surface.sources.find(({ name }) => name === point.source)?.label ?? point.source;
    const place = `${label}: ${uncertain(point.value, point.std)}`;
    group.append(
      s(
        "a",
        { class: `point ${own.className}`, href: point.job === null || jobs === null ? null : `${jobs}${point.job}`, tabindex: -1, "aria-label": place },
        s("path", { class: "mark", d: own.path, transform: `translate(${x(point.x)} ${y(point.y)}) scale(0.8)` }),
        s("title", {}, place),
      ),
    );
  }
  return group;
}
