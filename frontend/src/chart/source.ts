/** Asks the server for the curve: all of it with its points, or a part of it finely. */
import type { Curve } from "./curve";

const PAUSE_MS = 150;

export class CurveSource {
  private asked = new AbortController();
  private timer = 0;

  /** `address` is that of the API; it may have a query. */
  constructor(private address: () => URL) {}

  /**
   * The whole curve with all points, sorted by place; null when a later question replaced this one.
   * Throws a Response that is no success.
   */
  async whole(): Promise<Curve | null> {
    this.stop();
    const curve = await this.get(this.address());
    curve?.points.sort((a, b) => a.x - b.x);
    return curve;
  }

  /** The part from here to there, once nobody has asked for another for a moment. */
  part(from: number, to: number, take: (curve: Curve) => void): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(async () => {
      this.stop();
      const address = this.address();
      for (const [name, value] of Object.entries({ from, to, points: false })) address.searchParams.set(name, String(value));
      const curve = await this.get(address).catch(() => null); // what is drawn already is right, only coarser
      if (curve !== null) take(curve);
    }, PAUSE_MS);
  }

  /** Forget what was asked and not answered. */
  stop(): void {
    clearTimeout(this.timer);
    this.asked.abort();
    this.asked = new AbortController();
  }

  private async get(address: URL): Promise<Curve | null> {
    const { signal } = this.asked;
    try {
      const response = await fetch(address, { headers: { Accept: "application/json" }, signal });
      if (!response.ok) throw response;
      return (await response.json()) as Curve;
    } catch (error) {
      if (signal.aborted) return null;
      throw error;
    }
  }
}
