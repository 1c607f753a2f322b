/** `g` and a letter go somewhere, `/` searches, `?` lists all this, Ctrl or ⌘ and K opens the palette. */
const CHORD_MS = 1200;

/** Whether a key is for a field; a dialog that has just closed keeps the focus for a moment. */
function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || target.closest("dialog:not([open])") !== null) return false;
  return target.matches("input, textarea, select, [contenteditable]");
}

/** The letters after `g`, of the pages that there are. */
function places(palette: HTMLElement): Map<string, string> {
  const links = palette.querySelector("template")?.content.querySelectorAll<HTMLAnchorElement>("a[data-keys^=g]") ?? [];
  return new Map([...links].map((link) => [link.dataset["keys"]?.slice(-1) ?? "", link.getAttribute("href") ?? "/"]));
}

async function command(palette: HTMLElement): Promise<void> {
  const address = palette.dataset["script"] ?? "";
  const { open } = (await import(address)) as { open: () => void };
  open();
}

export function setUpKeyboard(): void {
  const palette = document.getElementById("palette");
  if (palette === null) return; // nobody is signed in
  let since = 0;
  const go = places(palette);
  const search = document.getElementById("search");
  const shortcuts = document.getElementById("shortcuts");
  for (const button of document.querySelectorAll("[data-palette]")) button.addEventListener("click", () => void command(palette));
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      void command(palette);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]") !== null) return;
    const chord = performance.now() - since < CHORD_MS;
    since = event.key === "g" ? performance.now() : 0;
    const place = chord ? go.get(event.key) : undefined;
    if (place !== undefined) location.assign(place);
    else if (event.key === "/" && search instanceof HTMLInputElement) {
      event.preventDefault();
      search.select();
      search.focus();
    } else if (event.key === "?" && shortcuts instanceof HTMLDialogElement) {
      shortcuts.showModal();
    }
  });
}
