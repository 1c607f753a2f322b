/** What a chart gives away: its picture alone, as SVG or PNG, and its numbers as CSV. */
import { h } from "./dom";

export type Cell = string | number | null;

/** Text that a spreadsheet would take for a formula gets a quote in front. */
export function csv(rows: Cell[][]): string {
  const cell = (value: Cell): string => {
    if (value === null) return "";
    if (typeof value === "number") return String(value);
    const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
    return /[",\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

const DRAWN = [
  ...["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin"],
  ...["opacity", "font-size", "font-family", "font-weight", "visibility"],
];

/**
 * The picture as it looks now, with its styles written out so that it stands alone. What is marked
 * `data-live-only` (a crosshair, a selection) is left out.
 */
export function standaloneSvg(svg: SVGSVGElement): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((element, i) => {
    const original = from[i];
    if (original === undefined) return;
    const style = getComputedStyle(original);
    for (const name of DRAWN) element.setAttribute(name, style.getPropertyValue(name));
    element.removeAttribute("class");
    element.removeAttribute("style");
  });
  for (const element of copy.querySelectorAll("[data-live-only]")) element.remove();
  const ground = document.createElementNS(copy.namespaceURI, "rect") as SVGRectElement;
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(svg.closest(".card") ?? document.body).backgroundColor);
  copy.prepend(ground);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.removeAttribute("style");
  return new XMLSerializer().serializeToString(copy);
}

/** The picture in pixels, `scale` times as many as on the page. */
export async function png(svg: SVGSVGElement, scale = 2): Promise<Blob> {
  const { width, height } = svg.getBoundingClientRect();
  const image = new Image();
  const text = standaloneSvg(svg).replace("</svg>", `<style>${await fontFace()}</style></svg>`);
  image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = h("canvas", { width: Math.round(width * scale), height: Math.round(height * scale) });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no PNG"))), "image/png"),
  );
}

/** The page's font with its bytes, since a picture alone loads nothing; empty where it cannot be had. */
async function fontFace(): Promise<string> {
  const address = document.querySelector<HTMLLinkElement>('link[rel="preload"][as="font"]')?.href;
  const answer = address === undefined ? null : await fetch(address).catch(() => null);
  if (!answer?.ok) return "";
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const family = getComputedStyle(document.body).fontFamily.split(",")[0];
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return `@font-face{font-family:${family};font-weight:400 650;src:url(data:font/woff2;base64,${base64})}`;
}

export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
