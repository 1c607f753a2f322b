/** Numbers as people write them; `qtwin.web.numbers` does the same on the server. */
const SYMBOLS: Record<string, string> = {
  angstrom: "Å",
  degree: "°",
  radian: "rad",
  um: "µm",
  us: "µs",
  "rad/us": "rad/µs",
  dimensionless: "",
  "1": "",
};
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

export const symbol = (unit: string): string => SYMBOLS[unit] ?? unit;

/** The end of a heading that names a unit; empty for a pure number. */
export const over = (unit: string): string => (symbol(unit) ? ` / ${symbol(unit)}` : "");

export const minus = (text: string): string => text.replace(/-/g, "−");

/** Decimals for a value with this error: two figures of it up to 354, otherwise one. */
export function decimalsFor(std: number): number {
  if (!(std > 0) || !Number.isFinite(std)) return 6;
  const exponent = Math.floor(Math.log10(std));
  const leading = Math.round(std / 10 ** (exponent - 2));
  return Math.min(12, Math.max(0, -exponent + (leading <= 354 ? 1 : 0)));
}

export const fixed = (value: number, decimals: number): string => minus(value.toFixed(decimals));

/** A control's value with as many decimals as its range needs, three at least. */
export function placed(value: number, { lower, upper }: { lower: number; upper: number }): string {
  return fixed(value, Math.min(12, Math.max(3, 3 - Math.floor(Math.log10(upper - lower)))));
}

export function uncertain(value: number, std: number): string {
  const decimals = decimalsFor(std);
  return std > 0 ? `${fixed(value, decimals)} ± ${fixed(std, decimals)}` : fixed(value, decimals);
}

/** An error alone, with as many figures as `uncertain` gives it. */
export function spread(std: number): string {
  if (std === 0) return "0";
  return std < 1e-6 ? power(std) : fixed(std, decimalsFor(std));
}

export function power(value: number): string {
  const exponent = Math.round(Math.log10(Math.abs(value)));
  const digits = [...String(Math.abs(exponent))].map((d) => SUPERSCRIPTS[Number(d)]).join("");
  return `${value < 0 ? "−" : ""}10${exponent < 0 ? "⁻" : ""}${digits}`;
}

export function percent(share: number): string {
  if (share >= 0.995) return share === 1 ? "100 %" : "> 99 %";
  return share < 0.005 ? "< 1 %" : `${Math.round(100 * share)} %`;
}
