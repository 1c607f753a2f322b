/**
 * Linked hover: the charts of a page point at the same place and the same source.
 *
 * One event on the document, `qtwin:cursor`, whose detail is a `Cursor`. A chart says where its
 * pointer is with `pointAt(this, { control: 0.74, source: "vqe" })`, that it left with
 * `pointAt(this, null)`, and hears the others with `const stop = follow(this, (cursor) => …)`;
 * call `stop()` in `disconnectedCallback`. No chart hears itself. A cursor is where people look,
 * not a setting: keep nothing of it, and never answer one with another.
 */
export interface Cursor {
  /** The place along the project's first control, in its unit; null where only a source is meant. */
  control: number | null;
  /** The name of a source; left out where none is meant. */
  source?: string;
}

interface Said {
  from: EventTarget;
  cursor: Cursor | null;
}

const KIND = "qtwin:cursor";

/** Tell the other charts; null when the pointer left. */
export function pointAt(from: EventTarget, cursor: Cursor | null): void {
  document.dispatchEvent(new CustomEvent<Said>(KIND, { detail: { from, cursor } }));
}

/** Hear the others; what it answers stops it. */
export function follow(self: EventTarget, hear: (cursor: Cursor | null) => void): () => void {
  const listener = (event: Event): void => {
    const { from, cursor } = (event as CustomEvent<Said>).detail;
    if (from !== self) hear(cursor);
  };
  document.addEventListener(KIND, listener);
  return () => document.removeEventListener(KIND, listener);
}
