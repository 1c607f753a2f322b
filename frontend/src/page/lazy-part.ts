/**
 * `<lazy-part src="…">`: a part that takes the server a moment comes after the page, and again when
 * something happened. Until then, and without a script, it is the link that is written inside it.
 */
import { paced } from "./live";
import { localizeTimes } from "./times";

const GAP_MS = 1000;
const TOKEN = /name="csrfmiddlewaretoken" value="[^"]*"/g;

export class LazyPart extends HTMLElement {
  private shown = "";
  private readonly load = paced(() => this.fetched(), GAP_MS);

  connectedCallback(): void {
    document.addEventListener("qtwin:event", this.load);
    this.load();
  }

  disconnectedCallback(): void {
    document.removeEventListener("qtwin:event", this.load);
  }

  private async fetched(): Promise<void> {
    const response = await fetch(this.getAttribute("src") ?? "", { headers: { Accept: "text/html" } });
    if (!response.ok || response.redirected) return;
    const text = await response.text();
    const told = text.replace(TOKEN, "");
    if (told === this.shown) return;
    this.shown = told;
    const open = [...this.querySelectorAll("details[open][id]")].map(({ id }) => id);
    const focused = this.contains(document.activeElement) ? document.activeElement?.id : "";
    const fresh = new DOMParser().parseFromString(text, "text/html");
    localizeTimes(fresh);
    this.replaceChildren(...fresh.body.childNodes);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }
}
