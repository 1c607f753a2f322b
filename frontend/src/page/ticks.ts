/** Rows that are ticked for one action: all of a page, how many, and j, k and x for the keyboard. */
export function setUpTicks(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-ticks]")) {
    const boxes = (): HTMLInputElement[] => [...form.querySelectorAll<HTMLInputElement>("td.tick input")];
    const all = form.querySelector<HTMLInputElement>("[data-tick-all]");
    const told = form.querySelector("[data-ticked]");
    const tell = (): void => {
      const count = boxes().filter((box) => box.checked).length;
      if (told !== null) told.textContent = count === 0 ? "" : `${count} chosen`;
      if (all !== null) {
        all.checked = count > 0 && count === boxes().length;
        all.indeterminate = count > 0 && !all.checked;
      }
      for (const button of form.querySelectorAll<HTMLButtonElement>("[data-least]")) {
        button.disabled = count < Number(button.dataset["least"]) || count > Number(button.dataset["most"] ?? Infinity);
      }
    };
    form.addEventListener("change", (event) => {
      if (event.target === all && all !== null) for (const box of boxes()) box.checked = all.checked;
      tell();
    });
    document.addEventListener("qtwin:replaced", tell);
    document.addEventListener("keydown", (event) => step(event, boxes()));
    tell();
  }
}

function step(event: KeyboardEvent, boxes: HTMLInputElement[]): void {
  const target = event.target;
  const typing = target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  const at = boxes.findIndex((box) => box.closest("tr")?.contains(document.activeElement));
  if (event.key === "j") boxes[Math.min(at + 1, boxes.length - 1)]?.focus();
  else if (event.key === "k") boxes[Math.max(at - 1, 0)]?.focus();
  else if (event.key === "x" && at >= 0) boxes[at]?.click();
}
