/** Puts a drawing that the server made, with its tables, into the frame that every chart has. */
import { Frame, type Sheet } from "../chart/frame";
import type { Cell } from "../chart/files";

export class DrawnFigure extends HTMLElement {
  private framed = false;

  connectedCallback(): void {
    const stage = this.querySelector<HTMLElement>(".drawing-stage");
    if (this.framed || stage === null) return;
    this.framed = true;
    const sheets = [...this.querySelectorAll("table")].map(read);
    const beside = [...this.querySelectorAll("figcaption > :not(.chart-name)")];
    const notes = [...this.querySelectorAll(".drawing-note")];
    const frame = new Frame({
      name: this.getAttribute("name") ?? "",
      file: () => this.getAttribute("file") ?? "drawing",
      svg: () => stage.querySelector<SVGSVGElement>("svg.drawing"),
      sheets: () => sheets,
      json: () => Object.fromEntries(sheets.map((sheet) => [sheet.name, records(sheet)])),
      heading: "p",
    });
    frame.figure.classList.add("drawn");
    frame.head.append(...beside);
    frame.body.append(stage, ...notes);
    this.replaceChildren(frame.figure);
  }
}

function read(table: HTMLTableElement): Sheet {
  const texts = (row: HTMLTableRowElement): HTMLTableCellElement[] => [...row.cells];
  const value = (cell: HTMLTableCellElement): Cell => {
    const text = cell.textContent ?? "";
    return cell.classList.contains("num") ? Number(cell.dataset["value"] ?? text) : text;
  };
  const [head, ...rows] = [...table.rows];
  return {
    name: table.caption?.textContent ?? "",
    head: head ? texts(head).map((cell) => cell.textContent ?? "") : [],
    rows: rows.map((row) => texts(row).map(value)),
  };
}

function records(sheet: Sheet): Record<string, Cell>[] {
  return sheet.rows.map((row) => Object.fromEntries(sheet.head.map((name, i) => [name, row[i] ?? null])));
}
