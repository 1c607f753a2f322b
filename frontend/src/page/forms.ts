/** What forms and command boxes gain from a script; without one they still work. */
export function setUpForms(): void {
  for (const element of document.querySelectorAll<HTMLElement>("[data-needs-script]")) {
    element.hidden = false;
  }
  for (const element of document.querySelectorAll<HTMLElement>("[data-without-script]")) {
    element.hidden = true;
  }
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-autosubmit]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
}

export function setUpCopy(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    const source = document.getElementById(button.dataset["copy"] ?? "");
    const label = button.querySelector("span");
    if (source === null || label === null || navigator.clipboard === undefined) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(source.textContent ?? "");
      label.textContent = "Copied";
      announce("Copied to the clipboard");
      setTimeout(() => (label.textContent = "Copy"), 1600);
    });
  }
}

/** Says something to a screen reader without moving the focus. */
export function announce(text: string): void {
  const place = document.getElementById("announce");
  if (place !== null) place.textContent = text;
}
