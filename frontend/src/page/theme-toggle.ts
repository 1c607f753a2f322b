/** The button goes round: as the system says, light, dark. */
const ROUND = ["system", "light", "dark"] as const;
type Theme = (typeof ROUND)[number];

const SAYS: Record<Theme, string> = {
  system: "Theme: follows the system",
  light: "Theme: light",
  dark: "Theme: dark",
};

function current(): Theme {
  const set = document.documentElement.dataset["theme"];
  return set === "light" || set === "dark" ? set : "system";
}

function apply(theme: Theme): void {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
  try {
    if (theme === "system") localStorage.removeItem("qtwin-theme");
    else localStorage.setItem("qtwin-theme", theme);
  } catch {
    // Without storage the choice lasts for this page.
  }
}

export function setUpTheme(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-theme-toggle]")) {
    const say = (): void => {
      button.setAttribute("aria-label", SAYS[current()]);
      button.title = SAYS[current()];
    };
    button.hidden = false;
    button.addEventListener("click", () => {
      apply(ROUND[(ROUND.indexOf(current()) + 1) % ROUND.length] ?? "system");
      say();
    });
    say();
  }
}
