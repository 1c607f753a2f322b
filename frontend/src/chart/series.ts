/**
 * Each source has a colour and a shape, by its place in the project: neither changes later. Colours
 * and shapes repeat after different numbers of sources, so that 56 differ by the pair.
 */
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
const SIZE = 46;

export interface Series {
  className: string;
  path: string;
  /** The same, to be drawn after moving somewhere: many marks are one path. */
  relative: string;
}

export function seriesOf(index: number): Series {
  const type = SHAPES[index % SHAPES.length] ?? symbolCircle;
  const path = shape(type, SIZE)() ?? "";
  return { className: `series-${index % COLOURS}`, path, relative: relativeOf(type) };
}

/** The outline of a shape in relative commands. */
function relativeOf(type: SymbolType): string {
  let [d, px, py] = ["", 0, 0];
  const go = (command: string, x: number, y: number): void => {
    d += `${command}${short(x - px)},${short(y - py)}`;
    [px, py] = [x, y];
  };
  const pen = {
    moveTo: (x: number, y: number) => go("m", x, y),
    lineTo: (x: number, y: number) => go("l", x, y),
    closePath: () => (d += "z"),
    rect(x: number, y: number, w: number, h: number) {
      go("m", x, y);
      d += `h${short(w)}v${short(h)}h${short(-w)}z`;
    },
    arc(_x: number, _y: number, r: number) {
      const half = `a${short(r)},${short(r)} 0 1,1 `;
      d += `${half}${short(-2 * r)},0${half}${short(2 * r)},0z`;
    },
  };
  type.draw(pen as unknown as CanvasPath as never, SIZE);
  return d;
}

const short = (value: number): string => String(Math.round(value * 100) / 100);

/** The mark of a series as a small picture, for the legend and tables. */
export function swatch(series: Series): SVGSVGElement {
  return s(
    "svg",
    { class: `swatch ${series.className}`, viewBox: "-7 -7 14 14", "aria-hidden": "true" },
    s("path", { d: series.path }),
  );
}
