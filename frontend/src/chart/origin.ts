/** Where a point came from, and the page that tells. */
import type { Point } from "./curve";

export interface Places {
  /** What the address of a job's page starts with; null where jobs are not shown. */
  jobs: string | null;
  /** What the address of a measurement's page starts with; null where they have none. */
  measurements: string | null;
  /** The id of the section about imported data. */
  datasets: string;
}

export const origin = (point: Point): string => (point.job === null ? "Imported" : "Job");

export function hrefOf(point: Point, { jobs, datasets }: Places): string | null {
  if (point.job !== null) return jobs === null ? null : `${jobs}${point.job}`;
  const row = `dataset-${point.dataset ?? ""}`;
  const found = document.getElementById(row) ?? document.getElementById(datasets);
  return found === null ? null : `#${found.id}`;
}
