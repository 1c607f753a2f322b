/**
 * The command palette: pages, what the page that is open offers, and what the search finds, by the
 * keyboard alone. It is loaded when somebody first opens it.
 */
interface Entry {
  group: string;
  title: string;
  detail: string;
  run: () => void;
}

interface Found {
  groups: { kind: string; hits: { title: string; detail: string; page: string }[] }[];
}

const WAIT_MS = 150;
const MOST = 8;

/** How well a title fits what was typed: the letters in order, better where words begin; 0 for not at all. */
export function fit(title: string, typed: string): number {
  const low = title.toLowerCase();
  let score = 1;
  let at = -1;
  for (const letter of typed.toLowerCase().replaceAll(" ", "")) {
    const next = low.indexOf(letter, at + 1);
    if (next < 0) return 0;
    if (next === at + 1) score += 3;
    if (next === 0 || !/[\p{L}\p{N}]/u.test(low[next - 1] ?? "")) score += 4;
    at = next;
  }
  return score - low.length / 100;
}

function follow(address: string): () => void {
  return () => location.assign(address);
}

/** What a button or link says, without what only its looks say. */
function said(element: HTMLElement): string {
  return (element.getAttribute("aria-label") ?? element.textContent ?? "").replace(/\s+/g, " ").trim();
}

function seen(element: HTMLElement): boolean {
  return element.checkVisibility() && !element.matches(":disabled");
}

function actions(): Entry[] {
  const places = "main .head a[href], main .head button, main .head-end button, main .section-head a[href], main .section-head button";
  const here = [...document.querySelectorAll<HTMLElement>(places)].filter((one) => seen(one) && said(one) !== "" && one.closest(".crumbs") === null && !(one.getAttribute("href") ?? "").startsWith("/api/"));
  const entries = here.map((one) => ({ group: "On this page", title: said(one), detail: "", run: () => one.click() }));
  entries.push({ group: "On this page", title: "Copy link to this page", detail: "", run: copyLink });
  for (const theme of document.querySelectorAll<HTMLElement>("[data-theme-toggle]")) {
    entries.push({ group: "Anywhere", title: "Change the theme", detail: said(theme).replace("Theme: ", ""), run: () => theme.click() });
  }
  entries.push({ group: "Anywhere", title: "Keyboard shortcuts", detail: "?", run: shortcuts });
  const out = document.querySelector<HTMLButtonElement>("#sign-out");
  if (out !== null) entries.push({ group: "Anywhere", title: "Sign out", detail: "", run: () => out.click() });
  return entries;
}

function pages(root: HTMLElement): Entry[] {
  return [...root.querySelectorAll<HTMLTemplateElement>("template")].flatMap((template) =>
    [...template.content.querySelectorAll("a")].map((link) => ({
      group: "Pages",
      title: link.textContent ?? "",
      detail: link.dataset["keys"] ?? "",
      run: follow(link.getAttribute("href") ?? "/"),
    })),
  );
}

function copyLink(): void {
  void navigator.clipboard?.writeText(location.href);
  const place = document.getElementById("announce");
  if (place !== null) place.textContent = "Copied to the clipboard";
}

function shortcuts(): void {
  const dialog = document.getElementById("shortcuts");
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}

class Palette {
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private readonly count: HTMLElement;
  private entries: Entry[] = [];
  private found: Entry[] = [];
  private shown: Entry[] = [];
  private at = 0;
  private timer = 0;

  constructor(private readonly dialog: HTMLDialogElement) {
    this.input = dialog.querySelector("input") as HTMLInputElement;
    this.list = dialog.querySelector("[role=listbox]") as HTMLElement;
    this.count = dialog.querySelector("[role=status]") as HTMLElement;
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    dialog.addEventListener("close", () => this.input.blur()); // or the next key is typed into it
    dialog.addEventListener("click", (event) => {
      if (event.target === dialog) dialog.close();
    });
  }

  open(): void {
    if (this.dialog.open || document.querySelector("dialog[open]") !== null) return;
    this.entries = [...actions(), ...pages(this.dialog)];
    this.found = [];
    this.input.value = "";
    this.dialog.showModal();
    this.input.focus();
    this.show();
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.show();
    const words = this.input.value.trim();
    if (words.length < 2) {
      this.found = [];
      return;
    }
    this.timer = setTimeout(() => void this.search(words), WAIT_MS);
  }

  private async search(words: string): Promise<void> {
    const answer = await fetch(`/api/v1/search?q=${encodeURIComponent(words.slice(0, 100))}`).catch(() => null);
    if (words !== this.input.value.trim()) return; // typed on meanwhile
    const found = answer?.ok ? ((await answer.json()) as Found) : { groups: [] };
    this.found = found.groups.flatMap((group) =>
      group.hits.map((hit) => ({ group: group.kind.charAt(0).toUpperCase() + group.kind.slice(1), title: hit.title, detail: hit.detail, run: follow(hit.page) })),
    );
    this.show();
  }

  private show(): void {
    const words = this.input.value.trim();
    const fitting = this.entries.map((entry) => ({ entry, score: words ? fit(entry.title, words) : 1 })).filter((one) => one.score > 0);
    if (words) fitting.sort((one, other) => other.score - one.score);
    const own = fitting.map((one) => one.entry).slice(0, words ? MOST : undefined);
    const all = words ? [{ group: "Search", title: `Search for “${words}”`, detail: "", run: follow(`/search?q=${encodeURIComponent(words)}`) }] : [];
    const order = [...new Set([...own, ...this.found, ...all].map((entry) => entry.group))];
    this.shown = order.flatMap((group) => [...own, ...this.found, ...all].filter((entry) => entry.group === group));
    this.at = 0;
    this.draw(order);
    this.count.textContent = `${this.shown.length} results`;
  }

  private draw(order: string[]): void {
    let index = 0;
    const groups = order.map((name, number) => {
      const group = element("div", { role: "group", "aria-labelledby": `palette-group-${number}` });
      group.append(element("p", { id: `palette-group-${number}`, role: "presentation" }, name));
      for (const entry of this.shown.filter((one) => one.group === name)) {
        const option = element("div", { id: `palette-${index}`, role: "option" }, entry.title);
        if (entry.detail) option.append(element("span", { class: "soft small" }, entry.detail));
        option.addEventListener("click", () => this.run(entry));
        group.append(option);
        index += 1;
      }
      return group;
    });
    this.list.replaceChildren(...groups);
    this.mark();
  }

  private mark(): void {
    for (const option of this.list.querySelectorAll("[role=option]")) {
      const chosen = option.id === `palette-${this.at}`;
      option.setAttribute("aria-selected", String(chosen));
      if (chosen) option.scrollIntoView({ block: "nearest" });
    }
    this.input.setAttribute("aria-activedescendant", this.shown.length ? `palette-${this.at}` : "");
  }

  private key(event: KeyboardEvent): void {
    if (event.isComposing) return;
    const last = this.shown.length - 1;
    if (event.key === "ArrowDown") this.at = this.at >= last ? 0 : this.at + 1;
    else if (event.key === "ArrowUp") this.at = this.at <= 0 ? Math.max(last, 0) : this.at - 1;
    else if (event.key === "PageDown") this.at = Math.min(this.at + MOST, Math.max(last, 0));
    else if (event.key === "PageUp") this.at = Math.max(this.at - MOST, 0);
    else if (event.key === "Enter") {
      const entry = this.shown[this.at];
      event.preventDefault();
      if (entry !== undefined) this.run(entry);
      return;
    } else return;
    event.preventDefault();
    this.mark();
  }

  private run(entry: Entry): void {
    this.dialog.close();
    entry.run();
  }
}

function element(name: string, attributes: Record<string, string>, text = ""): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text) made.append(text);
  return made;
}

let palette: Palette | null = null;

/** Opens it over the page. */
export function open(): void {
  const dialog = document.getElementById("palette");
  if (!(dialog instanceof HTMLDialogElement)) return;
  palette ??= new Palette(dialog);
  palette.open();
}
