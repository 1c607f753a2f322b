/** `g p`, `g j` and `g c` go somewhere, `/` searches, `?` lists all this. */
const GO: Record<string, string> = { p: "/projects", j: "/jobs", c: "/campaigns" };
const CHORD_MS = 1200;

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

export function setUpKeyboard(): void {
  let since = 0;
  const search = document.getElementById("search");
  const shortcuts = document.getElementById("shortcuts");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const chord = performance.now() - since < CHORD_MS;
    since = event.key === "g" ? performance.now() : 0;
    const place = chord ? GO[event.key] : undefined;
    if (place !== undefined && search !== null) location.assign(place);
    else if (event.key === "/" && search instanceof HTMLInputElement) {
      event.preventDefault();
      search.select();
      search.focus();
    } else if (event.key === "?" && shortcuts instanceof HTMLDialogElement && !shortcuts.open) {
      shortcuts.showModal();
    }
  });
}
