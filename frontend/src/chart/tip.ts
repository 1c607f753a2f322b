/** What the mark under the pointer is, beside it and within the chart. */
import { sourceLabel, type Curve, type Point } from "./curve";
import { h } from "./dom";
import { fixed, decimalsFor, over, placed, symbol, uncertain } from "./format";
import type { Placed } from "./marks";

const AWAY = 14;

export class Tip {
  readonly element = h("div", { class: "tip", hidden: true });

  show(curve: Curve, placed: Placed, end: string, room: number): void {
    const { bin } = placed;
    const [first] = bin.points;
    const single = bin.points.length === 1 && first !== undefined;
    this.element.replaceChildren(...(single ? ofPoint(curve, first) : ofMany(curve, placed)), h("span", { class: "soft" }, end));
    this.element.hidden = false;
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const right = placed.x + AWAY + width <= room;
    const left = Math.max(0, right ? placed.x + AWAY : placed.x - AWAY - width);
    const above = placed.y - AWAY - height;
    this.element.style.left = `${Math.min(left, Math.max(0, room - width))}px`;
    this.element.style.top = `${above >= 0 ? above : placed.y + AWAY}px`;
  }

  hide(): void {
    this.element.hidden = true;
  }
}

function ofPoint(curve: Curve, point: Point): Node[] {
  const gain = point.gain !== null && point.gain !== 1 ? `, noise gain ${point.gain}` : "";
  return [
    h("strong", {}, sourceLabel(curve, point.source), gain),
    h("span", {}, point.std > 0 ? uncertain(point.value, point.std) : `${uncertain(point.value, 0)}, exact`),
  ];
}

function ofMany(curve: Curve, { bin }: Placed): Node[] {
  const decimals = Math.max(2, decimalsFor(bin.error));
  const places = bin.points.map((point) => point.x);
  const [from, to] = [Math.min(...places), Math.max(...places)];
  const unit = symbol(curve.control.unit);
  const [first, last] = [from, to].map((place) => placed(place, curve.control));
  const spot = first === last ? first : `${first} to ${last}`;
  return [
    h("strong", {}, `${bin.points.length} points of ${sourceLabel(curve, bin.source)}${bin.amplified ? ", amplified" : ""}`),
    h("span", {}, `mean ${uncertain(bin.value, bin.error)}`),
    h("span", {}, `from ${fixed(bin.low, decimals)} to ${fixed(bin.high, decimals)}`),
    h("span", { class: "soft" }, `at ${spot}${over(curve.control.unit) ? ` ${unit}` : ""}`),
  ];
}
