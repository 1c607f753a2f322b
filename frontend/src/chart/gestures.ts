/**
 * What people do to a chart with a pointer: look (hover, or a finger along it), select a range to
 * zoom to, move a part that is zoomed to, pinch, wheel, click. Places are pixels of the stage; what
 * they mean is the chart's.
 *
 * A mouse selects by dragging and moves with Shift; a finger looks around in the whole range and
 * moves a part of it. The wheel zooms with Ctrl (as a pinch on a trackpad does) and moves sideways.
 */
export interface Gestures {
  zoomed: () => boolean;
  look: (x: number, y: number) => void;
  leave: () => void;
  click: (x: number, y: number, event: MouseEvent) => void;
  /** A range is being selected; `done` when it is. */
  select: (from: number, to: number, done: boolean) => void;
  unselect: () => void;
  move: (by: number) => void;
  zoom: (factor: number, x: number) => void;
}

/** A shorter drag is a click. */
const SHORTEST = 5;

export function setUpGestures(stage: HTMLElement, does: Gestures): void {
  const down = new Map<number, number>();
  let start: number | null = null;
  let last = 0;
  let dragged = false;

  const place = (event: MouseEvent): [number, number] => {
    const box = stage.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const stop = (): void => {
    start = null;
    does.unselect();
  };

  stage.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const [x] = place(event);
    down.set(event.pointerId, x);
    [start, last, dragged] = [x, x, down.size > 1];
  });

  stage.addEventListener("pointermove", (event) => {
    const [x, y] = place(event);
    const before = down.get(event.pointerId);
    if (before !== undefined && down.size === 2) {
      const other = [...down].find(([id]) => id !== event.pointerId)?.[1] ?? x;
      if (Math.abs(x - other) > 1) does.zoom(Math.abs(before - other) / Math.abs(x - other), other);
      down.set(event.pointerId, x);
      return;
    }
    if (start === null || (!dragged && Math.abs(x - start) < SHORTEST)) return does.look(x, y);
    if (!dragged) {
      dragged = true;
      stage.setPointerCapture(event.pointerId);
    }
    if (event.pointerType === "mouse" && !event.shiftKey) does.select(start, x, false);
    else if (does.zoomed()) does.move(last - x);
    else does.look(x, y);
    last = x;
  });

  stage.addEventListener("pointerup", (event) => {
    const [x] = place(event);
    const selecting = event.pointerType === "mouse" && !event.shiftKey && down.size === 1;
    down.delete(event.pointerId);
    if (start !== null && dragged && selecting) does.select(start, x, true);
    stop();
  });
  stage.addEventListener("pointercancel", (event) => {
    down.delete(event.pointerId);
    stop();
  });
  stage.addEventListener("pointerleave", (event) => {
    if (event.pointerType === "mouse") does.leave(); // what a finger found stays until the next tap
  });
  stage.addEventListener("dragstart", (event) => event.preventDefault());
  stage.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && start !== null) stop();
  });

  stage.addEventListener(
    "click",
    (event) => {
      if (dragged) event.preventDefault();
      else does.click(...place(event), event);
      dragged = false;
    },
    true,
  );

  stage.addEventListener(
    "wheel",
    (event) => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        does.zoom(Math.exp(Math.min(50, Math.max(-50, event.deltaY * unit)) / 100), place(event)[0]);
      } else if (does.zoomed() && (event.shiftKey || Math.abs(sideways) > Math.abs(event.deltaY))) {
        does.move(sideways * unit);
      } else {
        return;
      }
      event.preventDefault();
    },
    { passive: false },
  );
}
