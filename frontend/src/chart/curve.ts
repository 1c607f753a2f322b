/** The answer of `GET /api/v1/projects/{id}/twin/curve`, and what is read off it. */
import { bisectLeft, bisector } from "d3-array";

export interface Source {
  name: string;
  label: string;
  role: "reference" | "approximation" | "device";
  measurements: number;
}

export interface Point {
  id: string;
  source: string;
  x: number;
  value: number;
  std: number;
  gain: number | null;
  job: string | null;
  dataset: string | null;
}

export interface Version {
  number: number;
  claim: "calibrated" | "nominal" | "unanchored";
  references: number;
  measurements: number;
  scores: Record<string, number>;
}

export interface Curve {
  project: string;
  observable: { name: string; label: string; unit: string };
  control: { name: string; label: string; unit: string; lower: number; upper: number };
  /** What other controls are held at. */
  fixed: Record<string, number>;
  version: Version | null;
  x: number[];
  mean: number[];
  std: number[];
  lower: number[];
  upper: number[];
  budget: Record<string, number[]>;
  shares: Record<string, number[]>;
  /** The sample to look at first. */
  focus: number;
  sources: Source[];
  points: Point[];
}

export const at = (values: readonly number[], index: number): number => values[index] ?? NaN;

export function nearestIndex(xs: readonly number[], x: number): number {
  const right = Math.min(xs.length - 1, Math.max(0, bisectLeft(xs, x)));
  const left = Math.max(0, right - 1);
  return x - at(xs, left) < at(xs, right) - x ? left : right;
}

/** The curve between its samples: a cubic through the four nearest ones. */
export function interpolate(xs: readonly number[], ys: readonly number[], x: number): number {
  const n = xs.length;
  if (n < 4) return at(ys, nearestIndex(xs, x));
  const first = Math.min(n - 4, Math.max(0, bisectLeft(xs, x) - 2));
  let sum = 0;
  for (let i = first; i < first + 4; i++) {
    let weight = 1;
    for (let j = first; j < first + 4; j++) {
      if (j !== i) weight *= (x - at(xs, j)) / (at(xs, i) - at(xs, j));
    }
    sum += weight * at(ys, i);
  }
  return sum;
}

export function sourceLabel(curve: Curve, name: string): string {
  return curve.sources.find((source) => source.name === name)?.label ?? name;
}

/** How much each source counts at one place: weights may be negative, their sizes sum to 1. */
export function weightsAt(curve: Curve, index: number): { name: string; weight: number }[] {
  const sizes = Object.entries(curve.shares).map(([name, values]) => ({
    name,
    weight: Math.abs(at(values, index)),
  }));
  const total = sizes.reduce((sum, { weight }) => sum + weight, 0) || 1;
  return sizes
    .map(({ name, weight }) => ({ name, weight: weight / total }))
    .sort((a, b) => b.weight - a.weight);
}

/** The curve from here to there, read off its samples until the server has answered. */
export function resampled(curve: Curve, from: number, to: number): Curve {
  const n = curve.x.length;
  const x = curve.x.map((_, i) => from + ((to - from) * i) / (n - 1));
  const line = (values: number[]): number[] => x.map((place) => between(curve.x, values, place));
  const lines = (table: Record<string, number[]>): Record<string, number[]> =>
    Object.fromEntries(Object.entries(table).map(([name, values]) => [name, line(values)]));
  const budget = lines(curve.budget);
  return {
    ...curve,
    ...{ x, budget, shares: lines(curve.shares), lower: line(curve.lower), upper: line(curve.upper) },
    mean: x.map((place) => interpolate(curve.x, curve.mean, place)),
    std: x.map((_, i) => Math.sqrt(Object.values(budget).reduce((sum, values) => sum + at(values, i), 0))),
    focus: nearestIndex(x, at(curve.x, curve.focus)),
  };
}

/** On the straight line between the samples beside it. */
function between(xs: readonly number[], ys: readonly number[], x: number): number {
  const right = Math.min(xs.length - 1, Math.max(1, bisectLeft(xs, x)));
  const [a, b] = [at(xs, right - 1), at(xs, right)];
  return at(ys, right - 1) + ((at(ys, right) - at(ys, right - 1)) * (x - a)) / (b - a);
}

/**
 * What of each point is left when the curve is taken away, worked out once for each; its value where
 * there is no curve.
 */
export function residualsOf(curve: Curve): (point: Point) => number {
  if (curve.version === null) return (point) => point.value;
  const known = new Map<Point, number>();
  return (point) => {
    let residual = known.get(point);
    if (residual === undefined) {
      residual = point.value - interpolate(curve.x, curve.mean, point.x);
      known.set(point, residual);
    }
    return residual;
  };
}

/** The points whose places are from here to there; `points` are sorted by place. */
export function within(points: readonly Point[], from: number, to: number): Point[] {
  const places = bisector((point: Point) => point.x);
  return points.slice(places.left(points, from), places.right(points, to));
}
