/**
 * Live pages. The server renders the page; when an event says that something changed, the page is
 * fetched again and every `[data-live]` part that differs is replaced. No second set of templates,
 * and a page without events is the same page.
 */
import { announce } from "./forms";
import { localizeTimes } from "./times";

const KINDS = [
  "job.state",
  "job.progress",
  "job.cancel",
  "campaign.state",
  "twin.version",
  "twin.problem",
  "budget.low",
  "budget.overdrawn",
  "bill.corrected",
  "comment.written",
  "world.state",
  "training.state",
  "training.progress",
  "evaluation.state",
  "report.state",
  "report.progress",
  "loop.state",
  "loop.progress",
  "classifier.state",
  "classifier.progress",
];
const WORK: Record<string, string> = {
  "world.state": "A world",
  "training.state": "A training run",
  "evaluation.state": "An episode",
  "report.state": "A transfer report",
  "loop.state": "A loop",
  "classifier.state": "A comparison of classifiers",
};
const GAP_MS = 1000;
const POLL_MS = 2000;

/** An event as the server sends it; `from` and `to` are states as people read them. */
export interface LiveEvent {
  kind: string;
  id: number;
  job: string | null;
  from: string | null;
  to: string | null;
  data: Record<string, unknown>;
}

export function setUpLive(): void {
  poll();
  const { events, after, job, work } = document.body.dataset;
  if (events === undefined) return;
  const refresh = paced(refreshPage, GAP_MS);
  const source = new EventSource(`${events}?after=${after ?? ""}`);
  for (const kind of KINDS) {
    source.addEventListener(kind, (message) => {
      const event = { ...JSON.parse((message as MessageEvent<string>).data), kind } as LiveEvent;
      if (job !== undefined && event.job !== job) return;
      if (work !== undefined && event.data["id"] !== work) return; // of worlds: one of many that are trained
      say(event);
      document.dispatchEvent(new CustomEvent<LiveEvent>("qtwin:event", { detail: event }));
      refresh();
    });
  }
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}

/** Pages of things that have no events are asked again for as long as one is under way. */
function poll(): void {
  if (document.querySelector("[data-under-way]") === null) return;
  setTimeout(() => {
    refreshPage()
      .catch(() => undefined) // the server may be restarting
      .finally(poll);
  }, POLL_MS);
}

/** Runs at once, then at most once per gap, and once more when calls came in between. */
export function paced(work: () => Promise<void>, gap: number): () => void {
  let busy = false;
  let again = false;
  const run = async (): Promise<void> => {
    busy = true;
    try {
      await work();
    } catch {
      // The server may be restarting: the next event tries again.
    }
    setTimeout(() => {
      busy = false;
      if (again) {
        again = false;
        void run();
      }
    }, gap);
  };
  return () => {
    if (busy) again = true;
    else void run();
  };
}

async function refreshPage(): Promise<void> {
  const address = document.body.dataset["here"] ?? location.href; // the answer to a refused form has another
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (response.redirected && new URL(response.url).pathname === "/sign-in") location.reload();
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  localizeTimes(fresh);
  for (const part of document.querySelectorAll<HTMLElement>("[data-live][id]")) {
    const next = fresh.getElementById(part.id);
    if (next === null || next.innerHTML === part.innerHTML || sameStamp(part, next)) continue;
    if (part.querySelector("details[open] textarea") === null) replace(part, next); // else somebody writes in it
  }
}

/** A part with a stamp says the same as long as that is the same, whatever scripts made of it. */
export function sameStamp(part: HTMLElement, next: HTMLElement): boolean {
  return next.dataset["stamp"] !== undefined && part.dataset["stamp"] === next.dataset["stamp"];
}

export function replace(part: HTMLElement, next: HTMLElement): void {
  const active = document.activeElement;
  const focused = active !== null && part.contains(active) ? active.id : "";
  const kept = [...part.querySelectorAll("input:checked[id], details[open][id]")].map((one) => one.id);
  part.replaceChildren(...next.childNodes);
  if (next.dataset["stamp"] !== undefined) part.dataset["stamp"] = next.dataset["stamp"];
  for (const id of kept) {
    const one = document.getElementById(id);
    if (one instanceof HTMLInputElement) one.checked = true;
    else if (one instanceof HTMLDetailsElement) one.open = true;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("qtwin:replaced"));
}

function say(event: LiveEvent): void {
  if (event.kind === "twin.version") announce(`Twin version ${String(event.data["number"])}`);
  else if (event.kind === "campaign.state") announce(`The campaign ${String(event.data["name"])} is ${String(event.data["state"])}`);
  else if (event.kind === "budget.low") announce("A budget is nearly used up");
  else if (event.kind === "budget.overdrawn") announce("A budget is overdrawn");
  else if (event.kind === "comment.written") announce("There is a new comment");
  else if (event.kind in WORK) announce(`${WORK[event.kind]} is now ${String(event.data["state"])}`);
  else if (event.kind === "job.state" && event.to !== null) announce(`A job is now ${event.to}`);
}
