/**
 * The headline follows the crosshair that the viewer has put somewhere: the chart keeps its place in
 * the address behind `#x=`, and the server says the headline of `?at=`, which is what one shares.
 */
import { paced } from "./live";
import { localizeTimes } from "./times";

const GAP_MS = 700;

const pinned = (): string => new URLSearchParams(location.hash.slice(1)).get("x") ?? "";

export function setUpHeadline(): void {
  const chart = document.querySelector("twin-chart");
  if (chart === null || document.getElementById("headline") === null) return;
  const wanted = new URLSearchParams(location.search).get("at");
  if (wanted !== null && !pinned() && Number.isFinite(Number(wanted))) {
    history.replaceState(null, "", `#x=${Number(wanted)}`);
  }
  let said = pinned();
  const follow = paced(async () => {
    if (pinned() === said) return;
    said = pinned();
    const address = new URL(location.href);
    if (said) address.searchParams.set("at", said);
    else address.searchParams.delete("at");
    history.replaceState(null, "", address);
    const response = await fetch(address, { headers: { Accept: "text/html" } });
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = fresh.getElementById("headline");
    localizeTimes(fresh);
    if (response.ok && next !== null) document.getElementById("headline")?.replaceWith(next);
  }, GAP_MS);
  // The chart writes its place while the event goes through it, so this looks when it has.
  for (const kind of ["pointerup", "keyup"]) document.addEventListener(kind, () => setTimeout(follow));
}
