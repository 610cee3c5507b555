/** The minors for which the broker has just had no server, so that calls begin with an older form. */

/** Milliseconds after which a call is sent as it was written again: servers may have been upgraded. */
const REMEMBERED_FOR = 3_000;
/** Most methods that are remembered; beyond that, the one that was noted first is forgotten. */
const MOST = 1_000;

/** Remembers the broker's own reports by method, and by server for calls to one server. */
export class UnservedMinors {
  private readonly known = new Map<string, { readonly minor: number; readonly until: number }>();

  /** The broker has had no server for a method at this minor. */
  note(method: string, minor: number): void {
    const lowest = Math.min(minor, this.lowest(method));
    this.known.delete(method);
    this.known.set(method, { minor: lowest, until: performance.now() + REMEMBERED_FOR });
    if (this.known.size > MOST) this.known.delete(this.known.keys().next().value!);
  }

  /** The lowest minor of a method for which there was no server in the last seconds; Infinity if there is none. */
  lowest(method: string): number {
    const known = this.known.get(method);
    if (known === undefined) return Number.POSITIVE_INFINITY;
    if (performance.now() < known.until) return known.minor;
    this.known.delete(method);
    return Number.POSITIVE_INFINITY;
  }
}
