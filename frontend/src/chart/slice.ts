/** Draws one slice of a surface: the curve along one control through the cursor, with its bands. */
import { scaleLinear } from "d3-scale";
import { area, line } from "d3-shape";

import { at } from "./curve";
import { s } from "./dom";
import { minus, over } from "./format";
import type { Control, Slice } from "./plane";
import type { Series } from "./series";

const MARGIN = { top: 8, right: 10, bottom: 36, left: 62 };

export function drawSlice(
  slice: Slice,
  control: Control,
  options: { width: number; height: number; domain: [number, number]; here: number; series: ReadonlyMap<string, Series>; title: string },
): SVGSVGElement {
  const { width, height, here } = options;
  const x = scaleLinear([control.lower, control.upper], [MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear(options.domain, [height - MARGIN.bottom, MARGIN.top]).nice();
  const svg = s("svg", { class: "plot slice", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": options.title });
  const [bottom, top] = y.range() as [number, number];
  const clamp = (value: number): number => Math.min(bottom, Math.max(top, y(value)));
  const axes = s("g", { class: "axis", "aria-hidden": "true" });
  const marks = y.ticks(4);
  const format = y.tickFormat(4);
  for (const mark of marks) {
    axes.append(
      s("path", { class: "grid", d: `M${MARGIN.left} ${y(mark)}H${width - MARGIN.right}` }),
      s("text", { x: MARGIN.left - 8, y: y(mark), dy: "0.32em", "text-anchor": "end" }, minus(format(mark))),
    );
  }
  const places = x.ticks(Math.max(3, width / 90));
  const write = x.tickFormat(places.length);
  axes.append(s("path", { class: "base", d: `M${MARGIN.left} ${bottom}H${width - MARGIN.right}` }));
  for (const mark of places) axes.append(s("text", { x: x(mark), y: bottom + 15, "text-anchor": "middle" }, minus(write(mark))));
  axes.append(
    s("text", { class: "axis-name", x: (MARGIN.left + width - MARGIN.right) / 2, y: height - 5, "text-anchor": "middle" }, control.label + over(control.unit)),
  );
  svg.append(axes);
  const ribbon = (low: (i: number) => number, high: (i: number) => number): string =>
    area<number>((v) => x(v), (_, i) => clamp(low(i)), (_, i) => clamp(high(i)))(slice.along) ?? "";
  svg.append(
    s("path", { class: "band-95", d: ribbon((i) => at(slice.lower, i), (i) => at(slice.upper, i)) }),
    s("path", { class: "band-1", d: ribbon((i) => at(slice.mean, i) - at(slice.std, i), (i) => at(slice.mean, i) + at(slice.std, i)) }),
    s("path", { class: "mean", d: line<number>((v) => x(v), (_, i) => clamp(at(slice.mean, i)))(slice.along) ?? "" }),
  );
  for (const point of slice.points) {
    const own = options.series.get(point.source);
    if (own === undefined) continue;
    const mark = s("g", { class: `point ${own.className}` });
    const [low, high] = [y(point.value - point.std), y(point.value + point.std)];
    if (low - high > 3) mark.append(s("path", { class: "error", d: `M${x(point.at)} ${high}V${low}` }));
    mark.append(s("path", { class: "mark", d: own.path, transform: `translate(${x(point.at)} ${y(point.value)}) scale(0.8)` }));
    svg.append(mark);
  }
  svg.append(s("path", { class: "hair", "data-live-only": true, d: `M${x(here)} ${top}V${bottom}` }));
  return svg;
}
