/** Each source has a colour and a shape, by its place in the project: neither changes later. */
import {
  symbol as shape,
  symbolCircle,
  symbolCross,
  symbolDiamond2,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
  type SymbolType,
} from "d3-shape";

import { s } from "./dom";

const SHAPES: SymbolType[] = [
  symbolCircle,
  symbolSquare,
  symbolTriangle,
  symbolDiamond2,
  symbolCross,
  symbolStar,
  symbolWye,
];
const COLOURS = 8;

export interface Series {
  className: string;
  path: string;
}

export function seriesOf(index: number): Series {
  const type = SHAPES[index % SHAPES.length] ?? symbolCircle;
  return { className: `series-${index % COLOURS}`, path: shape(type, 46)() ?? "" };
}

/** The mark of a series as a small picture, for the legend and tables. */
export function swatch(series: Series): SVGSVGElement {
  return s(
    "svg",
    { class: `swatch ${series.className}`, viewBox: "-7 -7 14 14", "aria-hidden": "true" },
    s("path", { d: series.path }),
  );
}
