/** Times arrive in UTC and are shown in the viewer's zone; the footer says which that is. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

const FORMS: Record<string, Intl.DateTimeFormatOptions> = {
  full: { dateStyle: "medium", timeStyle: "medium" },
  short: { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
  time: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
};

export function localizeTimes(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[data-form]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.valueOf())) continue;
    const form = FORMS[element.dataset["form"] ?? "full"] ?? FORMS["full"];
    element.textContent = new Intl.DateTimeFormat("en-GB", form).format(moment);
    element.title = `${new Intl.DateTimeFormat("en-GB", FORMS["full"]).format(moment)} (${ZONE})`;
  }
  for (const element of root.querySelectorAll("[data-zone]")) {
    element.textContent = `Times are in ${ZONE}`;
  }
}
