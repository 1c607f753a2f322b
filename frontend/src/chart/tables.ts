/** The twin's chart as sheets: everything that is drawn can be read, copied and downloaded. */
import { causeLabel, layersOf } from "./causes";
import { at, interpolate, sourceLabel, within, type Curve, type Point } from "./curve";
import { h } from "./dom";
import { fixed, over, percent, spread, uncertain } from "./format";
import type { Sheet, Shown } from "./frame";
import { hrefOf, origin, type Places } from "./origin";

const EVERY = 5;
const MOST_ROWS = 500;

export interface Tabled {
  /** Its samples are what is in sight. */
  curve: Curve;
  /** All points, sorted by place; the table has those in sight, the file has all. */
  points: readonly Point[];
  hidden: ReadonlySet<string>;
  from: number;
  to: number;
  places: Places;
}

export function sheetsOf(tabled: Tabled): Sheet[] {
  const { curve } = tabled;
  return curve.version === null ? [pointSheet(tabled)] : [curveSheet(curve), budgetSheet(curve), pointSheet(tabled)];
}

const controlHead = (curve: Curve): string => curve.control.label + over(curve.control.unit);

/** Rows for reading: a sample of them, and the last. */
const some = <T>(rows: T[]): T[] => rows.filter((_, i) => i % EVERY === 0 || i === rows.length - 1);

/** Decimals that tell neighbouring samples apart. */
const decimalsOf = (curve: Curve): number => {
  const step = Math.abs(at(curve.x, 1) - at(curve.x, 0)) || 1;
  return Math.max(4, Math.ceil(-Math.log10(step)) + 1);
};

function curveSheet(curve: Curve): Sheet {
  const causes = Object.keys(curve.budget);
  const decimals = decimalsOf(curve);
  const shown = (): Shown => ({
    head: [controlHead(curve), `Mean ± 1σ${over(curve.observable.unit)}`, "95 % from", "95 % to"],
    rows: some(
      curve.x.map((x, i) => [
        fixed(x, decimals),
        uncertain(at(curve.mean, i), at(curve.std, i)),
        fixed(at(curve.lower, i), 6),
        fixed(at(curve.upper, i), 6),
      ]),
    ),
    numeric: 4,
  });
  return {
    name: "Curve",
    head: ["x", "mean", "std", "lower_95", "upper_95", ...causes.map((c) => `variance ${c}`)],
    rows: curve.x.map((x, i) => [
      x,
      ...[curve.mean, curve.std, curve.lower, curve.upper].map((values) => at(values, i)),
      ...causes.map((cause) => at(curve.budget[cause] ?? [], i)),
    ]),
    shown,
  };
}

/** The share of each cause in the variance. */
function budgetSheet(curve: Curve): Sheet {
  const causes = Object.entries(curve.budget);
  const share = (values: number[], i: number): number => at(values, i) / (at(curve.std, i) ** 2 || 1);
  const decimals = decimalsOf(curve);
  const shown = (): Shown => {
    const layers = layersOf(curve, new Map());
    return {
      head: [controlHead(curve), `1σ${over(curve.observable.unit)}`, ...layers.map((layer) => layer.label)],
      rows: some(
        curve.x.map((x, i) => [
          fixed(x, decimals),
          spread(at(curve.std, i)),
          ...layers.map((layer) => percent(at(layer.share, i))),
        ]),
      ),
      numeric: 2 + layers.length,
    };
  };
  return {
    name: "Error budget",
    head: ["x", "std", ...causes.map(([name]) => `share ${causeLabel(curve, name)}`)],
    rows: curve.x.map((x, i) => [x, at(curve.std, i), ...causes.map(([, values]) => share(values, i))]),
    shown,
  };
}

function pointSheet(tabled: Tabled): Sheet {
  return {
    name: "Points",
    head: ["id", "source", "x", "value", "std", "gain", "job", "dataset"],
    rows: tabled.points.map((p) => [p.id, p.source, p.x, p.value, p.std, p.gain, p.job, p.dataset]),
    shown: () => pointShown(tabled),
  };
}

function pointShown({ curve, points, hidden, from, to, places }: Tabled): Shown {
  const seen = within(points, from, to).filter((point) => !hidden.has(point.source));
  const more = `The first ${MOST_ROWS} of ${seen.length} points in sight. Zoom in for others; the CSV has all.`;
  return {
    head: [controlHead(curve), `Value ± 1σ${over(curve.observable.unit)}`, "Minus curve", "Noise gain", "Source", "From"],
    rows: seen.slice(0, MOST_ROWS).map((p) => {
      const href = hrefOf(p, places);
      return [
        fixed(p.x, decimalsOf(curve)),
        places.measurements === null
          ? uncertain(p.value, p.std)
          : h("a", { href: places.measurements + p.id }, uncertain(p.value, p.std)),
        curve.version === null ? "–" : signed(p.value - interpolate(curve.x, curve.mean, p.x)),
        p.gain === null ? "–" : String(p.gain),
        sourceLabel(curve, p.source),
        href === null ? origin(p) : h("a", { href }, origin(p)),
      ];
    }),
    numeric: 4,
    ...(seen.length > MOST_ROWS ? { note: more } : {}),
  };
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${spread(Math.abs(value))}`;
