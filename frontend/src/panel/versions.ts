/**
 * The slider of versions: while it moves, its number follows; once it rests, the page shows that
 * version in place, at the address that a link to it has. Without script the form asks for the page.
 */
import { announce } from "../page/forms";
import { paced, replace, sameStamp } from "../page/live";
import { localizeTimes } from "../page/times";

const GAP_MS = 400;
const DRAWN = "twin-chart, twin-surface";

let wanted = "";
const follow = paced(() => show(wanted), GAP_MS);

export function setUpVersions(): void {
  document.addEventListener("input", (event) => {
    const slider = event.target;
    if (!(slider instanceof HTMLInputElement) || slider.dataset["versions"] === undefined) return;
    const output = slider.form?.querySelector("output");
    if (output) output.value = slider.value;
    const set = new URLSearchParams(location.search);
    set.set("version", slider.value);
    wanted = `${location.pathname}?${set}`;
    follow();
  });
}

async function show(address: string): Promise<void> {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok || address !== wanted) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  if (address !== wanted) return;
  localizeTimes(fresh);
  history.replaceState(null, "", address + location.hash);
  for (const part of document.querySelectorAll<HTMLElement>("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    if (next === null || next.innerHTML === part.innerHTML || sameStamp(part, next)) continue;
    replace(part, next);
  }
  const charts = fresh.querySelectorAll<HTMLElement>(DRAWN);
  document.querySelectorAll<HTMLElement>(DRAWN).forEach((chart, i) => {
    const next = charts[i];
    if (next !== undefined && next.getAttribute("src") !== chart.getAttribute("src")) chart.replaceWith(next);
  });
  announce(`Version ${new URLSearchParams(address.split("?")[1]).get("version") ?? ""} is shown`);
}
