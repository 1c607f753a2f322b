/** The part of the control's range that is in sight. */

/** The whole range is at most this many times what is in sight. */
const DEEPEST = 1e4;

export class View {
  private lower = 0;
  private upper = 1;
  from = 0;
  to = 1;

  /** Called after each change. */
  constructor(private changed: () => void) {}

  /** The control's range is known, or another: what was in sight stays so as far as it can. */
  bound(lower: number, upper: number, wanted: readonly [number, number] | null): void {
    const whole = this.whole;
    [this.lower, this.upper] = [lower, upper];
    const [from, to] = wanted ?? (whole ? [lower, upper] : [this.from, this.to]);
    [this.from, this.to] = this.fit(from, to);
  }

  get whole(): boolean {
    return this.from === this.lower && this.to === this.upper;
  }

  get span(): number {
    return this.to - this.from;
  }

  /** Show from here to there, in either order. */
  show(one: number, other: number): void {
    const [from, to] = this.fit(Math.min(one, other), Math.max(one, other));
    if (from === this.from && to === this.to) return;
    [this.from, this.to] = [from, to];
    this.changed();
  }

  /** Show `factor` times as much, with `center` where it is. */
  zoom(factor: number, center: number): void {
    const kept = Math.min(this.to, Math.max(this.from, center));
    this.show(kept - (kept - this.from) * factor, kept + (this.to - kept) * factor);
  }

  move(by: number): void {
    this.show(this.from + by, this.to + by);
  }

  reset(): void {
    this.show(this.lower, this.upper);
  }

  private fit(from: number, to: number): [number, number] {
    const all = this.upper - this.lower;
    const span = Math.min(all, Math.max(all / DEEPEST, to - from));
    const start = span === to - from ? from : (from + to - span) / 2;
    const first = Math.min(this.upper - span, Math.max(this.lower, start));
    return span >= all * (1 - 1e-9) ? [this.lower, this.upper] : [first, first + span];
  }
}
