/** `<div data-tabs="Name">` of details becomes tabs; without a script the details open and close. */
export function setUpTabs(): void {
  document.querySelectorAll<HTMLElement>("[data-tabs]").forEach((box, row) => {
    const list = document.createElement("div");
    list.className = "tabs";
    list.role = "tablist";
    list.setAttribute("aria-label", box.dataset["tabs"] ?? "");
    const panels: HTMLElement[] = [];
    const tabs: HTMLButtonElement[] = [];
    const choose = (chosen: number): void => {
      tabs.forEach((tab, i) => {
        tab.ariaSelected = String(i === chosen);
        tab.tabIndex = i === chosen ? 0 : -1;
      });
      panels.forEach((panel, i) => (panel.hidden = i !== chosen));
    };
    for (const details of box.querySelectorAll<HTMLDetailsElement>(":scope > details")) {
      const i = tabs.length;
      const tab = document.createElement("button");
      const panel = document.createElement("div");
      tab.type = "button";
      tab.role = "tab";
      tab.id = `tab-${row}-${i}`;
      tab.textContent = details.querySelector("summary")?.textContent ?? "";
      tab.setAttribute("aria-controls", `panel-${row}-${i}`);
      tab.addEventListener("click", () => choose(i));
      panel.role = "tabpanel";
      panel.id = `panel-${row}-${i}`;
      panel.setAttribute("aria-labelledby", tab.id);
      details.querySelector("summary")?.remove();
      panel.append(...details.childNodes);
      details.remove();
      tabs.push(tab);
      panels.push(panel);
    }
    list.append(...tabs);
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step === undefined) return;
      const next = (tabs.findIndex((tab) => tab.tabIndex === 0) + step + tabs.length) % tabs.length;
      choose(next);
      tabs[next]?.focus();
    });
    box.replaceChildren(list, ...panels);
    choose(0);
  });
}
