// Loaded before the first paint, so that a chosen theme does not flash.
{
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem("qtwin-theme");
  } catch {
    // Storage may be forbidden: the theme then follows the system.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset["theme"] = chosen;
}
