/**
 * The frame of every chart: a `<figure>` with its name, downloads (SVG, PNG, CSV, JSON) and a data
 * table. A chart draws its `<svg>` into `frame.body` and says, when it is asked, what it shows:
 *
 *     this.frame = new Frame({
 *       name: "Residuals",                      // the caption; also names the figure
 *       file: () => "h2-residuals-v3",          // files are named this, without their ending
 *       svg: () => this.plot?.svg ?? null,      // null while nothing is drawn
 *       sheets: () => [{ name: "Residuals", head: ["x", "z"], rows: [[0.7, 1.2]] }],
 *       json: () => this.data,                  // usually the API's answer as it came
 *     });
 *     this.frame.body.append(svg);
 *     this.replaceChildren(this.frame.figure);
 *     …
 *     this.frame.changed();                     // after new data: an open table follows
 *
 * A sheet is a table under the chart and a CSV file. Its rows are raw numbers, for the file; where
 * the page should write them as people do, `shown` has the page's own head and cells (text, or a
 * node such as a link). With one sheet the button says "CSV", with more "NAME CSV". What belongs
 * beside the name (a legend, switches) goes into `frame.head`; buttons that belong to the picture
 * (zoom) into `frame.tools`. An element of the SVG marked `data-live-only` is on no picture. Colours
 * are of classes (`series-0`), as styles are written out for the files. The SVG itself needs
 * `role` and an `aria-label` that says what it shows in a sentence.
 */
import { h, icon } from "./dom";
import { csv, download, png, standaloneSvg, type Cell } from "./files";

/** A table as the page writes it; the first `numeric` columns are numbers. */
export interface Shown {
  head: string[];
  rows: (Node | string)[][];
  numeric: number;
  /** What the page says above it, such as that it is not all. */
  note?: string;
}

export interface Sheet {
  name: string;
  head: string[];
  rows: Cell[][];
  /** How the page writes it, made when the table is opened; left out, as in the file. */
  shown?: () => Shown;
}

export interface Drawing {
  name: string;
  file: () => string;
  svg: () => SVGSVGElement | null;
  sheets: () => Sheet[];
  json: () => unknown;
  /** The element of the name, to fit the page's outline: a heading, or plain text. */
  heading?: "h2" | "h3" | "p";
}

let count = 0;

export class Frame {
  readonly head = h("div", { class: "chart-beside" });
  readonly tools = h("div", { class: "chart-tools" });
  readonly body = h("div", { class: "chart-body" });
  readonly figure: HTMLElement;

  private table = h("div");
  private tables = h("details", { class: "tables" }, h("summary", {}, "Data table"), this.table);
  private menu: HTMLDetailsElement;
  private buttons = h("div", { class: "menu-items", role: "group" });

  constructor(private drawing: Drawing) {
    const id = `chart-${++count}`;
    this.buttons.setAttribute("aria-label", `Files of ${drawing.name}`);
    const summary = h("summary", { class: "button button-quiet", "aria-label": `Download ${drawing.name}` });
    summary.append(icon("download"), h("span", { class: "wide-only", "aria-hidden": "true" }, "Download"));
    this.menu = h("details", { class: "menu" }, summary, this.buttons);
    const outside = (event: Event): void => {
      if (!this.menu.contains(event.target as Node)) this.menu.open = false;
    };
    this.menu.addEventListener("toggle", () => {
      if (this.menu.open) this.fillMenu();
      document[this.menu.open ? "addEventListener" : "removeEventListener"]("pointerdown", outside);
    });
    this.menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.menu.open) return;
      this.menu.open = false;
      summary.focus();
    });
    this.menu.addEventListener("focusout", (event) => {
      const next = event.relatedTarget as Node | null;
      if (next !== null && !this.menu.contains(next)) this.menu.open = false;
    });
    this.tables.addEventListener("toggle", () => this.changed());
    const heading = h(drawing.heading ?? "h3", { class: "chart-name", id }, drawing.name);
    const caption = h("figcaption", { class: "chart-head" }, heading, this.head, this.tools);
    this.tools.append(this.menu);
    this.figure = h("figure", { class: "card chart", "aria-labelledby": id }, caption, this.body, this.tables);
  }

  /** Shows the table without being asked to. */
  open(): void {
    this.tables.open = true;
  }

  /** After new data: writes the table again if it is open. */
  changed(): void {
    if (this.tables.open) this.table.replaceChildren(...this.drawing.sheets().flatMap(drawSheet));
  }

  private fillMenu(): void {
    const sheets = this.drawing.sheets();
    const named = (sheet: Sheet): string => (sheets.length > 1 ? `${sheet.name} CSV` : "CSV");
    const end = (sheet: Sheet): string => (sheets.length > 1 ? `-${sheet.name.toLowerCase().replace(/\W+/g, "-")}` : "");
    this.buttons.replaceChildren(
      this.button("SVG", (svg) => this.save(".svg", "image/svg+xml", standaloneSvg(svg))),
      this.button("PNG", async (svg) => download(`${this.drawing.file()}.png`, await png(svg))),
      ...sheets.map((sheet) =>
        this.button(named(sheet), () => this.save(`${end(sheet)}.csv`, "text/csv", csv([sheet.head, ...sheet.rows]))),
      ),
      this.button("JSON", () => this.save(".json", "application/json", JSON.stringify(this.drawing.json(), null, 1))),
    );
  }

  private button(label: string, work: (svg: SVGSVGElement) => void | Promise<void>): HTMLElement {
    const element = h("button", { type: "button", class: "menu-item" }, label);
    element.addEventListener("click", () => {
      const svg = this.drawing.svg();
      if (svg !== null) void work(svg);
      this.menu.open = false;
      this.menu.querySelector("summary")?.focus();
    });
    return element;
  }

  private save(end: string, type: string, text: string): void {
    download(`${this.drawing.file()}${end}`, new Blob([text], { type }));
  }
}

function drawSheet(sheet: Sheet): Node[] {
  const plain = (): Shown => ({
    head: sheet.head,
    rows: sheet.rows.map((row) => row.map((cell) => (cell === null ? "–" : String(cell)))),
    numeric: 0,
  });
  const { head, rows, numeric, note } = (sheet.shown ?? plain)();
  const cell = (tag: "th" | "td", content: Node | string, column: number): HTMLElement =>
    h(tag, { class: column < numeric ? "num" : null, scope: tag === "th" ? "col" : null }, content);
  const table = h(
    "table",
    {},
    h("thead", {}, h("tr", {}, ...head.map((text, i) => cell("th", text, i)))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((c, i) => cell("td", c, i))))),
  );
  const label = `${sheet.name}: ${head.join(", ")}`;
  return [
    h("p", { class: "small" }, h("strong", {}, sheet.name), ...(note === undefined ? [] : [` ${note}`])),
    h("div", { class: "card scroll table-box", tabindex: 0, role: "region", "aria-label": label }, table),
  ];
}
