/**
 * The steps of a new project while one types: what is typed is sent to the address that keeps it,
 * which answers with the same step, and what it says is wrong, or computes, is put in its place.
 */
export {};

const PAUSE_MS = 350;
const LOOK_MS = 1000;

const form = document.querySelector<HTMLFormElement>("form#wizard");
if (form !== null) watch(form);

function watch(form: HTMLFormElement): void {
  const touched = new Set<string>();
  const all = "tried" in form.dataset;
  let timer = 0;
  let asked: AbortController | null = null;

  const check = async (): Promise<void> => {
    asked?.abort();
    asked = new AbortController();
    const body = new FormData(form);
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    try {
      const answer = await fetch(form.dataset["check"] ?? "", { method: "POST", body, signal: asked.signal });
      const same = new URL(answer.url).pathname === new URL(form.dataset["check"] ?? "", location.href).pathname;
      if (!answer.ok || !same) return;
      take(form, new DOMParser().parseFromString(await answer.text(), "text/html"), all ? null : touched);
    } catch {
      return; // typed on, or the server is away: the next pause asks again
    }
    if (form.querySelector("[data-waits]") !== null) again(LOOK_MS);
  };
  const again = (wait: number): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void check(), wait);
  };
  const changed = (event: Event): void => {
    const field = event.target as HTMLInputElement;
    if (field.name === "" || field.type === "file") return; // a drawing has sliders of its own
    if (event.type === "change") touched.add(field.name);
    alternatives(form);
    again(PAUSE_MS);
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    asked?.abort();
  });
  alternatives(form);
  if (form.querySelector("[data-waits]") !== null) again(LOOK_MS);
}

/** Puts what a fresh page says in its place; errors only of fields that were left, or of all. */
function take(form: HTMLFormElement, fresh: Document, touched: Set<string> | null): void {
  for (const part of form.querySelectorAll<HTMLElement>("[data-checked][id]")) {
    const next = fresh.getElementById(part.id);
    if (next === null || next.innerHTML === part.innerHTML || part.contains(document.activeElement)) continue;
    const open = [...part.querySelectorAll("details")].map((one) => one.open);
    part.replaceChildren(...next.childNodes);
    part.querySelectorAll("details").forEach((one, index) => (one.open = open[index] ?? one.open));
    for (const one of part.querySelectorAll<HTMLElement>("[data-without-script]")) one.hidden = true;
  }
  for (const place of form.querySelectorAll<HTMLElement>("[data-wrong]")) {
    const next = fresh.getElementById(place.id);
    const fields = [...form.querySelectorAll<HTMLInputElement>(`[aria-describedby~="${CSS.escape(place.id)}"]`)];
    const names = fields.flatMap((field) =>
      field instanceof HTMLFieldSetElement ? [...field.querySelectorAll("input")].map((one) => one.name) : [field.name],
    );
    const wrong = next !== null && next.textContent?.trim() !== "";
    const shown = wrong && (touched === null || names.some((name) => touched.has(name)));
    if (wrong && !shown && place.textContent?.trim() === "") continue;
    if (place.innerHTML !== (wrong ? next.innerHTML : "")) place.innerHTML = wrong ? next.innerHTML : "";
    for (const field of fields) {
      if (field instanceof HTMLFieldSetElement) continue;
      if (wrong) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
  }
}

/** Hides the fields that do not count with what is chosen. */
function alternatives(form: HTMLFormElement): void {
  for (const field of form.querySelectorAll<HTMLElement>("[data-only]")) {
    const other = form.elements.namedItem(field.dataset["only"] ?? "");
    const value = other instanceof HTMLSelectElement ? other.value : "";
    field.hidden = !(field.dataset["values"] ?? "").split(" ").includes(value);
  }
}

