/** The keyboard on the crosshair: it moves, and `+`, `−` and `0` zoom. */
export interface Keys {
  /** Number of the sample that the crosshair is at, and of the last one. */
  index: number;
  last: number;
  /** May be before the first sample or after the last. */
  move: (index: number) => void;
  zoom: (kind: "in" | "out" | "reset") => void;
}

const ZOOMS: Record<string, "in" | "out" | "reset"> = { "+": "in", "=": "in", "-": "out", "0": "reset" };

export function pressed(event: KeyboardEvent, { index, last, move, zoom }: Keys): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const step = event.shiftKey ? 10 : 1;
  const moves: Record<string, number> = {
    ArrowRight: index + step,
    ArrowUp: index + step,
    ArrowLeft: index - step,
    ArrowDown: index - step,
    PageUp: index + 10,
    PageDown: index - 10,
    Home: 0,
    End: last,
  };
  const [kind, target] = [ZOOMS[event.key], moves[event.key]];
  if (kind !== undefined) zoom(kind);
  else if (target !== undefined) move(target);
  else return;
  event.preventDefault();
}
