/** What the viewer set, kept in the address after `#`, beside what others keep there. */
export function readAddress(): URLSearchParams {
  return new URLSearchParams(location.hash.slice(1));
}

/** A finite number that is kept there, or null. */
export function numberOf(set: URLSearchParams, name: string): number | null {
  const text = set.get(name);
  return text !== null && text !== "" && Number.isFinite(Number(text)) ? Number(text) : null;
}

/** Keep these, and forget those that are null. */
export function keepInAddress(values: Record<string, string | null>): void {
  const set = readAddress();
  for (const [name, value] of Object.entries(values)) {
    if (value === null) set.delete(name);
    else set.set(name, value);
  }
  const hash = set.size ? `#${set}` : "";
  history.replaceState(null, "", `${location.pathname}${location.search}${hash}`);
}
