/** The error budget: variances by cause, which sum to the curve's. */
import { at, sourceLabel, type Curve } from "./curve";
import type { Series } from "./series";

/** A cause of the error and its variance at one place. */
export interface Cause {
  name: string;
  label: string;
  variance: number;
}

/** A cause of the error over the range: between `lower` and `upper` in a stack whose top is 1σ. */
export interface Layer {
  name: string;
  label: string;
  className: string;
  /** Its share of the variance at each sample; the shares sum to 1. */
  share: number[];
  lower: number[];
  upper: number[];
}

/** A cause below this share of the variance is not worth a row, or a layer. */
const VISIBLE = 0.005;
const MOST_LAYERS = 7;
const OTHERS = "others";

const LABELS: Record<string, string> = {
  epistemic: "Gaps in evidence",
  shared_bias: "Bias that sources share",
  shot: "Shot noise",
  jitter: "Jitter between runs",
  hyperparameters: "Choice of model settings",
  truncation: "Physical bounds",
};
const CLASSES: Record<string, string> = {
  epistemic: "cause-epistemic",
  shared_bias: "cause-shared",
  shot: "cause-shot",
  jitter: "cause-jitter",
  hyperparameters: "cause-hyper",
};

/** The source whose bias a cause is, or null. */
export function sourceOfCause(name: string): string | null {
  const [kind, source] = name.split(":", 2);
  return kind === "bias" && source !== undefined ? source : null;
}

export function causeLabel(curve: Curve, name: string): string {
  const source = sourceOfCause(name);
  return source === null ? (LABELS[name] ?? name) : `Bias of ${sourceLabel(curve, source)}`;
}

export function causeClass(name: string, series: Map<string, Series>): string {
  const source = sourceOfCause(name);
  const known = source === null ? CLASSES[name] : series.get(source)?.className;
  return known ?? "cause-other";
}

const others = (count: number): string => `${count} smaller causes`;

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
  return [...seen, { name: OTHERS, label: others(rest.length), variance }];
}

/**
 * The budget along the whole curve, the largest cause at the bottom. Variances add and errors do
 * not, so each layer is as high as its share of the variance times σ: the top is σ.
 */
export function layersOf(curve: Curve, series: Map<string, Series>): Layer[] {
  const shares = Object.entries(curve.budget).map(([name, values]) => {
    const share = values.map((variance, i) => variance / (at(curve.std, i) ** 2 || 1));
    const size = share.reduce((sum, part, i) => sum + part * at(curve.std, i), 0);
    return { name, share, size };
  });
  const total = shares.reduce((sum, { size }) => sum + size, 0);
  shares.sort((a, b) => b.size - a.size);
  const rest = shares.filter(({ size }, i) => size < VISIBLE * total || i >= MOST_LAYERS);
  const parts: { name: string; label: string; share: number[] }[] = shares
    .filter((part) => rest.length < 2 || !rest.includes(part))
    .map(({ name, share }) => ({ name, label: causeLabel(curve, name), share }));
  if (rest.length > 1) {
    const share = curve.x.map((_, i) => rest.reduce((sum, part) => sum + at(part.share, i), 0));
    parts.push({ name: OTHERS, label: others(rest.length), share });
  }
  let below = curve.x.map(() => 0);
  return parts.map((part) => {
    const lower = below;
    const upper = lower.map((v, i) => v + at(part.share, i) * at(curve.std, i));
    below = upper;
    return { ...part, className: causeClass(part.name, series), lower, upper };
  });
}
