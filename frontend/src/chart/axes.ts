/** Axes, their names, and the numbers on them. */
import type { ScaleLinear, ScaleSymLog } from "d3-scale";

import type { Curve } from "./curve";
import { s } from "./dom";
import { minus, over, power, symbol } from "./format";

export const MARGIN = { top: 8, right: 12, bottom: 40, left: 62 };

export type X = ScaleLinear<number, number>;
export type Y = ScaleLinear<number, number> | ScaleSymLog<number, number>;

export function axisY(y: Y, ticks: number[], format: (value: number) => string, width: number): SVGGElement {
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

export function axisX(curve: Curve, x: X, bottom: number): SVGGElement {
  const group = s("g", { class: "axis", "aria-hidden": "true" });
  const [left, right] = [x.range()[0] ?? 0, x.range()[1] ?? 0];
  const ticks = x.ticks(Math.max(3, (right - left) / 90));
  const format = x.tickFormat(ticks.length);
  group.append(s("path", { class: "base", d: `M${left} ${bottom}H${right}` }));
  for (const tick of ticks) {
    const last = x(tick) > right - MARGIN.right; // a wide number there would leave the picture
    const place = last ? { x: right + MARGIN.right, "text-anchor": "end" } : { x: x(tick), "text-anchor": "middle" };
    group.append(s("text", { ...place, y: bottom + 16 }, minus(format(tick))));
  }
  const name = curve.control.label + over(curve.control.unit);
  group.append(
    s("text", { class: "axis-name", x: (left + right) / 2, y: bottom + 34, "text-anchor": "middle" }, name),
  );
  return group;
}

export function axisName(label: string, unit: string, y: number, room: number): SVGTextElement {
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

/** Writes the numbers of an axis from 0; small ones as a figure times a power of ten. */
export function smallText(most: number, plain: (value: number) => string): (value: number) => string {
  if (most >= 1e-4) return plain;
  return (value) => {
    if (value === 0) return "0";
    const exponent = Math.floor(Math.log10(value) + 1e-9);
    const mantissa = Number((value / 10 ** exponent).toPrecision(3));
    return mantissa === 1 ? power(value) : `${mantissa}·${power(10 ** exponent)}`;
  };
}
