/** Values of two to six jobs along one control, with their errors; each point leads to its job. */
import { scaleLinear } from "d3-scale";

import { h, s } from "./dom";
import { minus, over, uncertain } from "./format";
import { Frame } from "./frame";
import { seriesOf, swatch } from "./series";

interface Named {
  label: string;
  unit: string;
}

interface Data {
  control: Named | null;
  observable: Named | null;
  jobs: { id: string; label: string; points: [number, number, number][] }[];
}

const MARGIN = { top: 12, right: 16, bottom: 44, left: 72 };
const SHIFT = 5;

export class ComparisonChart extends HTMLElement {
  private data: Data | null = null;
  private frame: Frame | null = null;
  private svg: SVGSVGElement | null = null;
  private seen = new ResizeObserver(() => this.draw());

  connectedCallback(): void {
    const script = this.querySelector("script");
    if (this.data === null && script !== null) this.data = JSON.parse(script.textContent ?? "null") as Data;
    const data = this.data;
    if (data === null || data.control === null || data.observable === null) return;
    const { control, observable } = data;
    const head = ["job", control.label + over(control.unit), observable.label + over(observable.unit), "1 σ"];
    this.frame = new Frame({
      name: observable.label + over(observable.unit),
      file: () => `compare-${data.jobs.length}-jobs`,
      svg: () => this.svg,
      sheets: () => [
        {
          name: "Values",
          head,
          rows: data.jobs.flatMap((job) => job.points.map((point) => [job.label, ...point])),
        },
      ],
      json: () => data,
    });
    data.jobs.forEach((job, i) => {
      const item = h("span", { class: "legend-item" }, swatch(seriesOf(i)), job.label);
      this.frame?.head.append(item);
    });
    this.replaceChildren(this.frame.figure);
    this.seen.observe(this);
  }

  disconnectedCallback(): void {
    this.seen.disconnect();
  }

  private draw(): void {
    const width = Math.round(this.clientWidth) - 2;
    if (this.frame === null || this.data === null || width === Number(this.svg?.getAttribute("width"))) return;
    this.svg = drawn(this.data, width);
    this.frame.body.replaceChildren(this.svg);
  }
}

function drawn(data: Data, width: number): SVGSVGElement {
  const height = Math.round(Math.min(360, Math.max(240, width * 0.4)));
  const all = data.jobs.flatMap((job) => job.points);
  const x = scaleLinear(extent(all.map((p) => p[0])), [MARGIN.left + 8, width - MARGIN.right - 8]).nice();
  const spread = extent(all.flatMap((p) => [p[1] - p[2], p[1] + p[2]]));
  const y = scaleLinear(spread, [height - MARGIN.bottom, MARGIN.top]).nice();
  const name = `${data.observable?.label ?? ""} of ${data.jobs.length} jobs along ${data.control?.label.toLowerCase() ?? ""}`;
  const svg = s("svg", { class: "plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "group", "aria-label": name });
  const axis = s("g", { class: "axis", "aria-hidden": "true" });
  for (const tick of y.ticks(5)) {
    axis.append(
      s("path", { class: "grid", d: `M${MARGIN.left} ${y(tick)}H${width - MARGIN.right}` }),
      s("text", { x: MARGIN.left - 8, y: y(tick), dy: "0.32em", "text-anchor": "end" }, minus(y.tickFormat(5)(tick))),
    );
  }
  const ticks = x.ticks(Math.max(3, width / 110));
  for (const tick of ticks) {
    axis.append(s("text", { x: x(tick), y: height - MARGIN.bottom + 16, "text-anchor": "middle" }, minus(x.tickFormat(ticks.length)(tick))));
  }
  const along = (data.control?.label ?? "") + over(data.control?.unit ?? "");
  axis.append(
    s("path", { class: "base", d: `M${MARGIN.left} ${height - MARGIN.bottom}H${width - MARGIN.right}` }),
    s("text", { class: "axis-name", x: (MARGIN.left + width - MARGIN.right) / 2, y: height - 8, "text-anchor": "middle" }, along),
  );
  svg.append(axis);
  data.jobs.forEach((job, i) => svg.append(points(job, i, data.jobs.length, x, y)));
  return svg;
}

/** Jobs stand a little beside each other, so that errors at the same place can be told apart. */
function points(
  job: Data["jobs"][number],
  index: number,
  count: number,
  x: (value: number) => number,
  y: (value: number) => number,
): SVGGElement {
  const series = seriesOf(index);
  const group = s("g", { class: "points" });
  for (const [place, value, std] of job.points) {
    const px = x(place) + (index - (count - 1) / 2) * SHIFT;
    const label = `${job.label}, ${uncertain(value, std)} at ${place}`;
    const mark = s("a", { class: `point ${series.className}`, href: `/jobs/${job.id}`, tabindex: -1, "aria-label": label });
    mark.append(s("title", {}, label));
    if (std > 0) mark.append(s("path", { class: "error", d: `M${px} ${y(value + std)}V${y(value - std)}` }));
    mark.append(s("path", { class: "mark", d: series.path, transform: `translate(${px} ${y(value)})` }));
    group.append(mark);
  }
  return group;
}

function extent(values: number[]): [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = 0.06 * (high - low) || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}
