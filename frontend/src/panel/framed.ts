/**
 * `<chart-frame name="Reliability" file="energy-v3-reliability">`: a picture that the server drew, with
 * its tables, in the frame of every chart. Without script it is the same picture with its tables.
 */
import { Frame, type Sheet } from "../chart/frame";

export class FramedChart extends HTMLElement {
  connectedCallback(): void {
    const svg = this.querySelector<SVGSVGElement>(".chart-body svg.plot");
    const body = this.querySelector(".chart-body");
    const tables = [...this.querySelectorAll("table")];
    if (svg === null || body === null || this.dataset["framed"] !== undefined) return;
    this.dataset["framed"] = "";
    const name = this.getAttribute("name") ?? "";
    const sheets = tables.map((table) => sheetOf(table, name));
    const frame = new Frame({
      name,
      file: () => this.getAttribute("file") ?? "chart",
      svg: () => sized(svg),
      sheets: () => sheets,
      json: () =>
        Object.fromEntries(sheets.map(({ name, head, rows }) => [name, rows.map((row) => Object.fromEntries(row.map((cell, i) => [head[i] ?? "", cell])))])),
    });
    frame.body.classList.add(...body.classList);
    frame.body.append(...body.childNodes);
    if (this.querySelector("details.tables[open]") !== null) frame.open();
    this.replaceChildren(frame.figure);
  }
}

/** A picture as wide as its place says so in numbers, as a file of it has no place. */
function sized(svg: SVGSVGElement): SVGSVGElement {
  const { width, height } = svg.getBoundingClientRect();
  if (svg.getAttribute("viewBox") === null) {
    svg.setAttribute("width", String(Math.round(width)));
    svg.setAttribute("height", String(Math.round(height)));
    setTimeout(() => svg.setAttribute("width", "100%"));
  }
  return svg;
}

function sheetOf(table: HTMLTableElement, name: string): Sheet {
  const texts = (row: HTMLTableRowElement): string[] => [...row.cells].map((cell) => cell.textContent?.trim() ?? "");
  const [first, ...rows] = [...table.rows];
  const head = first === undefined ? [] : texts(first);
  const numeric = [...(first?.cells ?? [])].findIndex((cell) => !cell.classList.contains("num"));
  const cells = rows.map(texts);
  return {
    name: table.dataset["sheet"] ?? name,
    head,
    rows: cells,
    shown: () => ({ head, rows: cells, numeric: numeric < 0 ? head.length : numeric }),
  };
}
