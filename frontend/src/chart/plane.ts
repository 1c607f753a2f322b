/** The answer of `GET /api/v1/projects/{id}/twin/surface`, and what is read off it. */
import type { Curve, Point, Source, Version } from "./curve";

export interface Control {
  name: string;
  label: string;
  unit: string;
  lower: number;
  upper: number;
}

export type Standing = "calibrated" | "interpolated" | "vague" | "extrapolated";

/** Grids are lists of rows, one per value of `y`. */
export interface Surface {
  observable: Curve["observable"];
  controls: Control[];
  x_control: string;
  y_control: string;
  fixed: Record<string, number>;
  version: Version | null;
  x: number[];
  y: number[];
  mean: number[][];
  std: number[][];
  lower: number[][];
  upper: number[][];
  trust: { standing: Standing[][]; evidence: number[][]; reference: (number | null)[][]; relative: number[][] };
  sources: Source[];
  points: (Point & { y: number; at: number[] })[];
}

export type Axis = "x" | "y";

export const controlOf = (surface: Surface, axis: Axis): Control => {
  const found = surface.controls.find(({ name }) => name === surface[`${axis}_control`]);
  if (found === undefined) throw new Error(`no control along ${axis}`);
  return found;
};

/** One row or column of the grid: a curve along `axis` through the cursor. */
export interface Slice {
  axis: Axis;
  along: number[];
  mean: number[];
  std: number[];
  lower: number[];
  upper: number[];
  /** Points within this share of the range across count as lying on it. */
  points: { at: number; value: number; std: number; source: string; job: string | null }[];
}

const NEAR = 0.03;

export const cell = <T>(grid: T[][], column: number, row: number): T | undefined => grid[row]?.[column];

export function sliceOf(surface: Surface, axis: Axis, column: number, row: number): Slice {
  const line = (grid: number[][]): number[] =>
    axis === "x" ? (grid[row] ?? []) : grid.map((values) => values[column] ?? NaN);
  const across = axis === "x" ? "y" : "x";
  const { lower, upper } = controlOf(surface, across);
  const place = surface[across][across === "x" ? column : row] ?? NaN;
  return {
    axis,
    along: surface[axis],
    mean: line(surface.mean),
    std: line(surface.std),
    lower: line(surface.lower),
    upper: line(surface.upper),
    points: surface.points
      .filter((point) => Math.abs(point[across] - place) <= NEAR * (upper - lower))
      .map((point) => ({ ...point, at: point[axis] })),
  };
}
