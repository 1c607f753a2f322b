/**
 * Points and bins on a panel: a few paths for each source, however many marks there are. Sources lie
 * above each other in the order of `series`, what was amplified below all.
 */
import type { X, Y } from "./axes";
import type { Bin } from "./bins";
import { s } from "./dom";
import type { Series } from "./series";

/** A drawn mark with its place, so that the pointer can find it. */
export interface Placed {
  bin: Bin;
  x: number;
  y: number;
}

/** What of a bin a panel shows: its value, and the least and greatest of its points. */
export type Shows = (bin: Bin) => readonly [value: number, low: number, high: number];

export const values: Shows = (bin) => [bin.value, bin.low, bin.high];
export const residuals: Shows = (bin) => [bin.residual, bin.residualLow, bin.residualHigh];

/** An error bar or range that is shorter would be hidden by the mark. */
const SHORTEST = 3;

interface Paths {
  marks: string;
  errors: string;
  /** Errors of the means of several points. */
  combined: string;
  ranges: string;
  points: number;
  count: number;
}

export function drawMarks(bins: Bin[], series: Map<string, Series>, x: X, y: Y, shows: Shows): [SVGGElement, Placed[]] {
  const placed: Placed[] = [];
  const paths = new Map<string, Paths>();
  for (const bin of bins) {
    const shape = series.get(bin.source);
    if (shape === undefined) continue;
    const [value, least, greatest] = shows(bin);
    const [px, py] = [short(x(bin.x)), short(y(value))];
    const key = `${bin.amplified ? 1 : 0} ${bin.source}`;
    const found = paths.get(key) ?? { marks: "", errors: "", combined: "", ranges: "", points: 0, count: 0 };
    paths.set(key, found);
    found.points += bin.points.length;
    found.count += 1;
    found.marks += `M${px},${py}${shape.relative}`;
    const error = bar(px, y(value + bin.error), y(value - bin.error));
    if (bin.points.length > 1) {
      found.combined += error;
      found.ranges += bar(px, y(greatest), y(least));
    } else {
      found.errors += error;
    }
    placed.push({ bin, x: px, y: py });
  }
  const group = s("g", { class: "points" });
  const order = [...series.keys()];
  const place = (key: string): number => order.indexOf(key.slice(2)) - (key.startsWith("1") ? order.length : 0);
  for (const [key, found] of [...paths].sort(([a], [b]) => place(a) - place(b))) {
    const source = key.slice(2);
    group.append(drawSource(source, key.startsWith("1"), series.get(source)?.className ?? "", found));
  }
  return [group, placed];
}

function drawSource(source: string, amplified: boolean, className: string, found: Paths): SVGGElement {
  const group = s("g", {
    class: `source ${className}${amplified ? " amplified" : ""}`,
    "data-source": source,
    "data-points": found.points,
    "data-marks": found.count,
  });
  const { ranges, errors, combined, marks } = found;
  if (ranges) group.append(s("path", { class: "range", d: ranges }));
  if (errors) group.append(s("path", { class: "error", d: errors }));
  if (combined) group.append(s("path", { class: "error combined", d: combined }));
  group.append(s("path", { class: "mark", d: marks }));
  return group;
}

const short = (value: number): number => Math.round(value * 10) / 10;

function bar(x: number, high: number, low: number): string {
  return low - high > SHORTEST ? `M${x},${short(high)}V${short(low)}` : "";
}

export function nearest(placed: readonly Placed[], x: number, y: number, reach: number): Placed | null {
  let best: Placed | null = null;
  let distance = reach * reach;
  for (const candidate of placed) {
    const dx = candidate.x - x;
    if (dx * dx >= distance) continue;
    const d = dx * dx + (candidate.y - y) ** 2;
    if (d < distance) {
      best = candidate;
      distance = d;
    }
  }
  return best;
}
