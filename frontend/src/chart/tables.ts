/** The chart as tables and files: everything that is drawn can be read, copied and downloaded. */
import { at, interpolate, sourceLabel, type Curve } from "./curve";
import { h } from "./dom";
import { fixed, over, spread, uncertain } from "./format";

const EVERY = 5;

export function drawTables(curve: Curve, hidden: ReadonlySet<string>, jobs: string): Node[] {
  const control = curve.control.label + over(curve.control.unit);
  const parts: Node[] = [];
  if (curve.version !== null) parts.push(h("h3", {}, "Curve"), curveTable(curve, control));
  parts.push(h("h3", {}, "Points"), pointTable(curve, hidden, control, jobs));
  return parts;
}

function table(head: string[], rows: (Node | string)[][], numeric: number): HTMLElement {
  const cell = (tag: "th" | "td", content: Node | string, column: number): HTMLElement =>
    h(tag, { class: column < numeric ? "num" : null, scope: tag === "th" ? "col" : null }, content);
  return h(
    "div",
    { class: "card scroll table-box", tabindex: 0, role: "region", "aria-label": head.join(", ") },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...head.map((text, i) => cell("th", text, i)))),
      h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((c, i) => cell("td", c, i))))),
    ),
  );
}

function curveTable(curve: Curve, control: string): HTMLElement {
  const rows = curve.x
    .map((x, i) => [
      fixed(x, 4),
      uncertain(at(curve.mean, i), at(curve.std, i)),
      fixed(at(curve.lower, i), 6),
      fixed(at(curve.upper, i), 6),
    ])
    .filter((_, i) => i % EVERY === 0 || i === curve.x.length - 1);
  return table([control, `Mean ± 1σ${over(curve.observable.unit)}`, "95 % from", "95 % to"], rows, 4);
}

function pointTable(
  curve: Curve,
  hidden: ReadonlySet<string>,
  control: string,
  jobs: string,
): HTMLElement {
  const rows = curve.points
    .filter((point) => !hidden.has(point.source))
    .sort((a, b) => a.x - b.x)
    .map((p) => [
      fixed(p.x, 4),
      uncertain(p.value, p.std),
      curve.version === null ? "–" : signed(p.value - interpolate(curve.x, curve.mean, p.x)),
      p.gain === null ? "–" : String(p.gain),
      sourceLabel(curve, p.source),
      p.job === null ? "imported" : h("a", { href: `${jobs}${p.job}` }, "Job"),
    ]);
  return table([control, `Value ± 1σ${over(curve.observable.unit)}`, "Minus curve", "Noise gain", "Source", "From"], rows, 4);
}

const signed = (value: number): string => `${value < 0 ? "−" : "+"}${spread(Math.abs(value))}`;

export function curveCsv(curve: Curve): string {
  const causes = Object.keys(curve.budget);
  const head = ["x", "mean", "std", "lower_95", "upper_95", ...causes.map((c) => `variance ${c}`)];
  const rows = curve.x.map((x, i) => [
    x,
    ...[curve.mean, curve.std, curve.lower, curve.upper].map((values) => at(values, i)),
    ...causes.map((cause) => at(curve.budget[cause] ?? [], i)),
  ]);
  return csv([head, ...rows]);
}

export function pointsCsv(curve: Curve): string {
  const head = ["id", "source", "x", "value", "std", "gain", "job"];
  const rows = curve.points.map((p) => [p.id, p.source, p.x, p.value, p.std, p.gain ?? "", p.job ?? ""]);
  return csv([head, ...rows]);
}

/** Text that a spreadsheet would take for a formula gets a quote in front. */
function csv(rows: (string | number)[][]): string {
  const cell = (value: string | number): string => {
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family", "font-weight"];

/** The picture as it looks now, with its styles written out so that it stands alone. */
export function standaloneSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, i) => {
    const original = from[i];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const name of DRAWN) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute("class");
  });
  copy.querySelector('[role="slider"]')?.remove();
  const ground = document.createElementNS(copy.namespaceURI, "rect") as SVGRectElement;
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(svg.closest(".card") ?? document.body).backgroundColor);
  copy.prepend(ground);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  return new XMLSerializer().serializeToString(copy);
}

export function download(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
