/** The error budget as a stacked area under the curve, with its legend above it. */
import { scaleLinear, type ScaleLinear } from "d3-scale";
import { area } from "d3-shape";

import { axisY, MARGIN, smallText, type X } from "./axes";
import type { Layer } from "./causes";
import { at, type Curve } from "./curve";
import { s } from "./dom";
import { over } from "./format";

const LINE = 18;
const HEIGHT = 104;
const CHIP = 9;
/** With a legend of two lines. */
export const STACK = 2 * LINE + 2 + HEIGHT;

export interface Stack {
  group: SVGGElement;
  y: ScaleLinear<number, number>;
  bottom: number;
}

/** From `top` on; the legend takes as many lines as it needs. */
export function drawStack(curve: Curve, layers: Layer[], x: X, top: number, width: number): Stack {
  const [legend, lines] = drawLegend(`Error budget, 1σ${over(curve.observable.unit)}`, layers, top, width);
  const start = top + lines * LINE + 2;
  const bottom = start + HEIGHT;
  const most = Math.max(...curve.std) || 1;
  const y = scaleLinear([0, most], [bottom, start]).nice(4);
  const ticks = y.ticks(3);
  const group = s("g", { class: "budget-stack" }, legend, axisY(y, ticks, smallText(y.domain()[1] ?? 1, y.tickFormat(3)), width));
  for (const layer of layers) {
    const shape = area<number>()
      .x((v) => x(v))
      .y0((_, i) => y(at(layer.lower, i)))
      .y1((_, i) => y(at(layer.upper, i)));
    const path = s("path", { class: `layer ${layer.className}`, d: shape(curve.x) ?? "", "data-cause": layer.name });
    group.append(path);
  }
  return { group, y, bottom };
}

function drawLegend(name: string, layers: Layer[], top: number, width: number): [SVGGElement, number] {
  const group = s("g", { class: "stack-legend" }, s("text", { class: "panel-name", x: MARGIN.left, y: top + 10 }, name));
  let [left, line] = [MARGIN.left + widthOf(name) + 20, 0];
  for (const layer of layers) {
    const needed = CHIP + 5 + widthOf(layer.label);
    if (left + needed > width - MARGIN.right) [left, line] = [MARGIN.left, line + 1];
    const y = top + 10 + line * LINE;
    group.append(
      s("rect", { class: `layer-chip ${layer.className}`, x: left, y: y - CHIP, width: CHIP, height: CHIP, rx: 2 }),
      s("text", { x: left + CHIP + 5, y }, layer.label),
    );
    left += needed + 14;
  }
  return [group, line + 1];
}

const pen = document.createElement("canvas").getContext("2d");

function widthOf(text: string): number {
  if (pen === null) return text.length * 7;
  pen.font = `11.5px ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width;
}
