// Builds frontend/static/qtwin: the script bundles, the stylesheet, icons and a subset of Inter.
import { cp, mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import subsetFont from "subset-font";

const out = new URL("static/qtwin/", import.meta.url);
const options = {
  entryPoints: ["src/qtwin.ts", "src/theme.ts", "src/qtwin.css"],
  outdir: out.pathname,
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome123", "firefox120", "safari17.5"],
  external: ["*.woff2"],
  legalComments: "inline",
  logLevel: "info",
};

async function font() {
  const inter = await readFile("node_modules/inter-ui/variable/InterVariable.woff2");
  const latin = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");
  const extra = Array.from({ length: 96 }, (_, i) => String.fromCharCode(160 + i)).join("");
  const science = "−–—…‘’“”•·×±≤≥≈→←↑↓√∞∂ΔΩαβγδθκλμνπρστφχψω⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄ıœŒšŠžŽłŁ€";
  const subset = await subsetFont(inter, latin + extra + science, {
    targetFormat: "woff2",
    variationAxes: { opsz: 14, wght: { min: 400, max: 650 } },
  });
  await writeFile(new URL("inter.woff2", out), subset);
  await cp("node_modules/inter-ui/LICENSE.txt", new URL("inter-license.txt", out));
}

async function report() {
  let total = 0;
  for (const name of (await readdir(out)).sort()) {
    if (!/\.(js|css|svg|woff2)$/.test(name)) continue;
    const path = new URL(name, out);
    const raw = (await stat(path)).size;
    const sent = name.endsWith("woff2") ? raw : gzipSync(await readFile(path), { level: 9 }).length;
    total += sent;
    console.log(`${name.padEnd(20)} ${String(raw).padStart(7)} B   ${String(sent).padStart(6)} B gzipped`);
  }
  console.log(`${"total".padEnd(20)} ${" ".repeat(12)} ${String(total).padStart(6)} B gzipped`);
  if (total > 120_000) throw new Error("assets are over 120 kB gzipped");
}

await mkdir(out, { recursive: true });
for (const name of ["icons.svg", "mark.svg"]) await cp(`src/${name}`, new URL(name, out));
if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
  await font();
  await report();
}
