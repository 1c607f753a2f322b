/**
 * Turns the molecule that the server drew: drag it, or use the arrow keys; sliders move its atoms
 * where controls do. The camera and the shapes are those of `qtwin/drawing/molecule.py`.
 */
import { h, s } from "../chart/dom";

type Vector = [number, number, number];

interface Slider {
  label: string;
  unit: string;
  values: number[];
  frames: Vector[][];
}

interface Model {
  symbols: string[];
  balls: number[];
  covalent: number[];
  places: Vector[];
  rows: [Vector, Vector, Vector];
  radius: number;
  scale: number;
  sliders: Slider[];
}

interface Place {
  x: number;
  y: number;
  near: number;
  scale: number;
}

const AWAY = 5;
const TOLERANCE = 0.45;
const LEAST_LABEL = 7;
const KEYS: Record<string, [number, number]> = {
  ArrowLeft: [-0.12, 0],
  ArrowRight: [0.12, 0],
  ArrowUp: [0, -0.12],
  ArrowDown: [0, 0.12],
};
const UNITS: Record<string, string> = { angstrom: " Å", degree: "°" };

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const mix = (a: Vector, p: number, b: Vector, q: number): Vector => [
  p * a[0] + q * b[0],
  p * a[1] + q * b[1],
  p * a[2] + q * b[2],
];

export class MoleculeView extends HTMLElement {
  private model!: Model;
  private places: Vector[] = [];
  private rows!: Model["rows"];
  private svg!: SVGSVGElement;
  private group!: SVGGElement;

  connectedCallback(): void {
    const svg = this.querySelector("svg");
    const group = svg?.querySelector("g");
    if (this.svg !== undefined || !svg || !group) return;
    this.model = JSON.parse(this.dataset["model"] ?? "null") as Model;
    [this.svg, this.group, this.places, this.rows] = [svg, group, this.model.places, this.model.rows];
    if (this.places.length > 1) this.setUpTurns();
    const sliders = this.model.sliders.map((slider) => this.slider(slider));
    if (sliders.length) this.append(h("div", { class: "molecule-sliders" }, ...sliders));
  }

  private setUpTurns(): void {
    const { svg } = this;
    const name = svg.getAttribute("aria-label") ?? "";
    svg.setAttribute("tabindex", "0");
    svg.setAttribute("aria-label", `${name}. Arrow keys turn it.`);
    svg.addEventListener("keydown", (event) => {
      const turn = KEYS[event.key];
      if (turn === undefined) return;
      event.preventDefault();
      this.turn(...turn);
    });
    svg.addEventListener("pointerdown", (event) => svg.setPointerCapture(event.pointerId));
    svg.addEventListener("pointermove", (event) => {
      if (svg.hasPointerCapture(event.pointerId)) this.turn(event.movementX / 120, event.movementY / 120);
    });
  }

  private turn(across: number, down: number): void {
    const [right, up, toward] = this.rows;
    const [c, d] = [Math.cos(across), Math.sin(across)];
    const side = mix(right, c, toward, d);
    const deep = mix(toward, c, right, -d);
    const [e, f] = [Math.cos(down), Math.sin(down)];
    this.rows = [side, mix(up, e, deep, -f), mix(deep, e, up, f)];
    this.draw();
  }

  private slider(slider: Slider): HTMLElement {
    const write = (i: number): string => `${slider.values[i]?.toPrecision(3)}${UNITS[slider.unit] ?? ""}`;
    const middle = (slider.values.length - 1) / 2;
    const out = h("output", {}, write(middle));
    const input = h("input", { type: "range", min: 0, max: slider.values.length - 1, value: middle });
    input.addEventListener("input", () => {
      const others = this.querySelectorAll<HTMLInputElement>("input[type=range]");
      for (const other of others) if (other !== input) other.value = String(middle);
      others.forEach((other) => other.dispatchEvent(new Event("said")));
      this.places = slider.frames[Number(input.value)] ?? this.places;
      this.draw();
    });
    const say = (): void => {
      out.value = write(Number(input.value));
      input.setAttribute("aria-valuetext", out.value);
    };
    input.addEventListener("said", say);
    say();
    return h("label", {}, h("span", {}, slider.label), input, out);
  }

  private draw(): void {
    const { symbols, balls } = this.model;
    const { places } = this;
    const center = places.reduce((sum, p) => mix(sum, 1, p, 1 / places.length), [0, 0, 0] as Vector);
    const shapes: [number, SVGElement][] = places.map((place, i) => {
      const seen = this.see(place, center);
      return [seen.near, this.atom(symbols[i] ?? "", balls[i] ?? 0, seen)];
    });
    for (const [i, j, length, stretched] of this.bonds()) {
      const [a, b] = [places[i] as Vector, places[j] as Vector];
      const step = mix(b, 1 / length, a, -1 / length);
      const off = stretched ? 1 : 0.9;
      const one = this.see(mix(a, 1, step, off * (balls[i] ?? 0)), center);
      const two = this.see(mix(b, 1, step, -off * (balls[j] ?? 0)), center);
      shapes.push([(one.near + two.near) / 2, this.stick(one, two, length, stretched)]);
    }
    this.group.replaceChildren(...shapes.sort((a, b) => a[0] - b[0]).map((shape) => shape[1]));
  }

  private see(point: Vector, center: Vector): Place {
    const off = mix(point, 1, center, -1);
    const [x, y, near] = this.rows.map((row) => dot(row, off)) as Vector;
    const eye = AWAY * this.model.radius;
    const scale = eye / (eye - near);
    return { x: x * scale, y: y * scale, near, scale };
  }

  /** Bonds by distance, then the shortest lines between parts that none joins. */
  private bonds(): [number, number, number, boolean][] {
    const { covalent } = this.model;
    const { places } = this;
    const part = places.map((_, i) => i);
    const join = (i: number, j: number): void => {
      const [old, now] = [part[j], part[i] as number];
      part.forEach((value, k) => value === old && (part[k] = now));
    };
    const pairs = places.flatMap((a, i) =>
      places.slice(i + 1).map((b, k): [number, number, number, boolean] => {
        const step = mix(a, 1, b, -1);
        const [j, length] = [i + 1 + k, Math.sqrt(dot(step, step))];
        return [i, j, length, length > (covalent[i] ?? 0) + (covalent[j] ?? 0) + TOLERANCE];
      }),
    );
    const found = pairs.filter((pair) => !pair[3]);
    for (const [i, j] of found) join(i, j);
    for (const pair of pairs.sort((a, b) => a[2] - b[2])) {
      if (part[pair[0]] === part[pair[1]]) continue;
      found.push(pair);
      join(pair[0], pair[1]);
    }
    return found;
  }

  private at(place: Place): [number, number] {
    const { width, height } = this.svg.viewBox.baseVal;
    return [width / 2 + place.x * this.model.scale, height / 2 - place.y * this.model.scale];
  }

  private atom(symbol: string, ball: number, place: Place): SVGElement {
    const [x, y] = this.at(place);
    const r = ball * this.model.scale * place.scale;
    const size = Math.min(1.1 * r, 20);
    const group = s(
      "g",
      { class: `atom atom-${symbol}` },
      s("circle", { cx: x, cy: y, r, class: "ball" }),
      s("circle", { cx: x - 0.3 * r, cy: y - 0.32 * r, r: 0.42 * r, class: "shine" }),
    );
    if (r >= LEAST_LABEL)
      group.append(s("text", { x, y: y + 0.35 * size, "font-size": size, "text-anchor": "middle" }, symbol));
    return group;
  }

  private stick(one: Place, two: Place, length: number, stretched: boolean): SVGElement {
    const [[x1, y1], [x2, y2]] = [this.at(one), this.at(two)];
    const width = ((stretched ? 0.05 : 0.16) * this.model.scale * (one.scale + two.scale)) / 2;
    const line = s("line", {
      ...{ x1, y1, x2, y2, "stroke-width": Math.max(1.5, Math.min(width, 16)) },
      class: stretched ? "bond stretched" : "bond",
    });
    if (!stretched) return line;
    const at = { x: (x1 + x2) / 2, y: (y1 + y2) / 2 - 8, "text-anchor": "middle", class: "drawing-label" };
    return s("g", {}, line, s("text", at, `${length.toFixed(2)} Å`));
  }
}
