/**
 * Many points as few marks. Points of one source that share a column of pixels become one mark: at
 * the mean of their places and values, with a thin line from the least to the greatest value and the
 * error of the mean. That error is the larger of two: their stated errors combined, √Σσ² / n, and
 * what their scatter about the curve says (about their mean where there is none), s / √n; so points that scatter more than they state are
 * not made to look better than they are. What they share (a bias) does not average out and is not in
 * it, as it is in no point's error bar.
 */
import type { Point } from "./curve";

/** A mark of several points, or of a single one. */
export interface Bin {
  source: string;
  amplified: boolean;
  points: Point[];
  x: number;
  value: number;
  error: number;
  low: number;
  high: number;
  /** The same of the points minus the curve. */
  residual: number;
  residualLow: number;
  residualHigh: number;
}

export const isAmplified = (point: Point): boolean => point.gain !== null && point.gain > 1;

/** What of a point is left when the curve is taken away. */
export type Residual = (point: Point) => number;

/** Each point as a mark of its own. */
export function singles(points: readonly Point[], residual: Residual): Bin[] {
  return points.map((point) => single(point, residual(point)));
}

function single(point: Point, r: number): Bin {
  const { source, x, value, std: error } = point;
  return {
    ...{ source, amplified: isAmplified(point), points: [point], x, value, error },
    ...{ low: value, high: value, residual: r, residualLow: r, residualHigh: r },
  };
}

/**
 * The points of each source and column as one mark; `points` are sorted by place, and columns are
 * `width` wide from `start` on, in the control's unit.
 */
export function binned(points: readonly Point[], residual: Residual, start: number, width: number): Bin[] {
  const bins: Bin[] = [];
  const [plain, amplified] = [new Map<string, Point[]>(), new Map<string, Point[]>()];
  const flush = (): void => {
    for (const groups of [amplified, plain]) {
      for (const group of groups.values()) bins.push(summary(group, residual));
      groups.clear();
    }
  };
  let column = NaN;
  for (const point of points) {
    const next = Math.floor((point.x - start) / width);
    if (next !== column) flush();
    column = next;
    const groups = isAmplified(point) ? amplified : plain;
    const group = groups.get(point.source);
    if (group === undefined) groups.set(point.source, [point]);
    else group.push(point);
  }
  flush();
  return bins;
}

function summary(points: Point[], residual: Residual): Bin {
  const first = points[0] as Point;
  const n = points.length;
  const bin = single(first, residual(first));
  if (n === 1) return bin;
  let [x, value, left, variance] = [0, 0, 0, 0];
  for (const point of points) {
    const r = residual(point);
    x += point.x / n;
    value += point.value / n;
    left += r / n;
    variance += point.std ** 2;
    bin.low = Math.min(bin.low, point.value);
    bin.high = Math.max(bin.high, point.value);
    bin.residualLow = Math.min(bin.residualLow, r);
    bin.residualHigh = Math.max(bin.residualHigh, r);
  }
  let scatter = 0;
  for (const point of points) scatter += (residual(point) - left) ** 2 / (n - 1);
  const error = Math.max(Math.sqrt(variance) / n, Math.sqrt(scatter / n));
  return { ...bin, points, x, value, residual: left, error };
}
