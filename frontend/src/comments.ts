/** Suggests people while somebody types `@` in a comment. Without it a name typed in full does. */
interface Person {
  name: string;
  email: string;
}

const MOST = 6;
const TYPED = /(?:^|[^\w@.])@([\p{L}\p{N}_.+-][\p{L}\p{N}_.+ -]{0,40})?$/u;
const known = new Map<string, Promise<Person[]>>();

function people(address: string): Promise<Person[]> {
  const found = known.get(address) ?? fetch(address).then(async (r) => (r.ok ? (await r.json()).results : []));
  known.set(address, found);
  return found;
}

function matching(all: Person[], word: string): Person[] {
  const low = word.toLowerCase();
  const starts = (text: string): boolean => text.toLowerCase().split(/[\s@]+/).some((part) => part.startsWith(low)) || text.toLowerCase().startsWith(low);
  return all.filter((person) => starts(person.name) || starts(person.email)).slice(0, MOST);
}

class Suggestions {
  private readonly list = document.createElement("ul");
  private shown: Person[] = [];
  private all: Person[] = [];
  private at = 0;

  constructor(private readonly area: HTMLTextAreaElement) {
    this.list.className = "people";
    this.list.id = `${area.id}-people`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", "People");
    this.list.hidden = true;
    area.after(this.list);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.list.id);
    area.addEventListener("input", () => void this.look());
    area.addEventListener("keydown", (event) => this.key(event));
    area.addEventListener("blur", () => this.show([]));
  }

  private word(): string | null {
    const before = this.area.value.slice(0, this.area.selectionEnd);
    const found = TYPED.exec(before);
    return found === null ? null : (found[1] ?? "");
  }

  private async look(): Promise<void> {
    if (this.word() === null) return this.show([]);
    this.all = await people(this.area.dataset["people"] ?? "");
    const word = this.word(); // typed on meanwhile
    this.show(word === null ? [] : matching(this.all, word));
  }

  private show(found: Person[]): void {
    this.shown = found;
    this.at = 0;
    this.list.hidden = found.length === 0;
    this.list.replaceChildren(...found.map((person, index) => this.option(person, index)));
    this.mark();
  }

  private option(person: Person, index: number): HTMLLIElement {
    const item = document.createElement("li");
    item.id = `${this.list.id}-${index}`;
    item.setAttribute("role", "option");
    item.textContent = `${person.name}  ${person.email}`;
    item.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the text keeps the focus
      this.take(person);
    });
    return item;
  }

  private mark(): void {
    [...this.list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === this.at)));
    if (this.shown.length) this.area.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
    else this.area.removeAttribute("aria-activedescendant");
  }

  private key(event: KeyboardEvent): void {
    if (!this.shown.length || event.isComposing) return;
    const person = this.shown[this.at];
    if (event.key === "ArrowDown") this.at = (this.at + 1) % this.shown.length;
    else if (event.key === "ArrowUp") this.at = (this.at - 1 + this.shown.length) % this.shown.length;
    else if ((event.key === "Enter" || event.key === "Tab") && person) this.take(person);
    else if (event.key === "Escape") this.show([]);
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.mark();
  }

  private take(person: Person): void {
    const end = this.area.selectionEnd;
    const start = end - (this.word() ?? "").length;
    const several = this.all.filter((other) => other.name.toLowerCase() === person.name.toLowerCase()).length > 1;
    this.area.setRangeText(`${several ? person.email : person.name} `, start, end, "end");
    this.show([]);
  }
}

document.addEventListener("focusin", (event) => {
  const area = event.target;
  if (!(area instanceof HTMLTextAreaElement) || area.dataset["people"] === undefined || area.dataset["helped"]) return;
  area.dataset["helped"] = "yes";
  new Suggestions(area);
});
