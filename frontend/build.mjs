// Builds frontend/static/qtwin: the script bundles, the stylesheet, icons and a subset of Inter; beside
// each text its gzipped form, which the server sends to browsers that take it.
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

import * as esbuild from "esbuild";
import subsetFont from "subset-font";

const out = new URL("static/qtwin/", import.meta.url);
const options = {
  entryPoints: [
    ...["qtwin", "charts", "theme", "passkey", "comments", "palette", "wizard"].map((name) => `src/${name}.ts`),
    "src/qtwin.css",
  ],
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
  const science = "−–—…‘’“”•·×±≤≥≈→←↑↓√∞∂ΔΩαβγδθκλμνπρστφχψω⁰¹²³⁴⁵⁶⁷⁸⁹⁻₀₁₂₃₄₅₆₇₈₉ıœŒšŠžŽłŁ€";
  const subset = await subsetFont(inter, latin + extra + science, {
    targetFormat: "woff2",
    variationAxes: { opsz: 14, wght: { min: 400, max: 650 } },
  });
  await writeFile(new URL("inter.woff2", out), subset);
  await cp("node_modules/inter-ui/LICENSE.txt", new URL("inter-license.txt", out));
}

const files = async (pattern) => (await readdir(out)).filter((name) => pattern.test(name)).sort();

async function compress() {
  let total = 0;
  for (const name of await files(/\.(js|css|svg|woff2)$/)) {
    const raw = await readFile(new URL(name, out));
    const sent = name.endsWith("woff2") ? raw : gzipSync(raw, { level: 9 });
    if (sent !== raw) await writeFile(new URL(`${name}.gz`, out), sent);
    total += sent.length;
    console.log(`${name.padEnd(20)} ${String(raw.length).padStart(7)} B   ${String(sent.length).padStart(6)} B sent`);
  }
  console.log(`${"total".padEnd(20)} ${" ".repeat(12)} ${String(total).padStart(6)} B sent`);
  if (total > 200_000) throw new Error("assets are over 200 kB gzipped");
}

await mkdir(out, { recursive: true });
for (const name of ["icons.svg", "mark.svg"]) await cp(`src/${name}`, new URL(name, out));
for (const name of await files(/\.gz$/)) await rm(new URL(name, out)); // while one watches, there is none
if (process.argv.includes("--watch")) {
  const context = await esbuild.context(options);
  await context.watch();
} else {
  await esbuild.build(options);
  await font();
  await compress();
}
