/** The answer of `GET /api/v1/projects/{id}/twin/curve`, and what is read off it. */
import { bisectLeft } from "d3-array";

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

/** A cause of the error and its variance at one place. */
export interface Cause {
  name: string;
  label: string;
  variance: number;
}

/** A cause below this share of the variance is not worth a row. */
const VISIBLE = 0.005;

const CAUSES: Record<string, string> = {
  epistemic: "Gaps in evidence",
  shot: "Shot noise",
  jitter: "Jitter between runs",
  hyperparameters: "Choice of model settings",
  truncation: "Physical bounds",
};

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

/**
 * The error budget at one place, the largest cause first; variances sum to the curve's. Causes that
 * are too small to see are one row.
 */
export function causesAt(curve: Curve, index: number): Cause[] {
  const causes = Object.entries(curve.budget)
    .map(([name, values]) => ({ name, label: causeLabel(curve, name), variance: at(values, index) }))
    .sort((a, b) => b.variance - a.variance);
  const total = causes.reduce((sum, { variance }) => sum + variance, 0);
  const seen = causes.filter(({ variance }) => variance >= VISIBLE * total);
  const rest = causes.slice(seen.length);
  if (rest.length < 2) return causes;
  const variance = rest.reduce((sum, cause) => sum + cause.variance, 0);
  return [...seen, { name: "others", label: `${rest.length} smaller causes`, variance }];
}

function causeLabel(curve: Curve, name: string): string {
  const [kind, source] = name.split(":", 2);
  if (kind === "bias" && source !== undefined) return `Bias of ${sourceLabel(curve, source)}`;
  return CAUSES[name] ?? name;
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
