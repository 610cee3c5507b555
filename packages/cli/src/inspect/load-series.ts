/** The load of one method over the last ten minutes, in a table of fixed size. */
import type { Load } from '@concord-rpc/inspector';

/** Points of a series: ten minutes, one in two seconds. */
const POINTS = 300;
const COLUMNS = 5;

/** A ring of points. */
export class LoadSeries {
  private readonly table = new Float64Array(POINTS * COLUMNS);
  private count = 0;

  /** Adds a point, and forgets the oldest if the table is full. `at`: seconds since 1970. */
  add(at: number, { callsPerSecond, errorsPerSecond, refusalsPerSecond, milliseconds }: Load): void {
    const row = [at, callsPerSecond, errorsPerSecond, refusalsPerSecond, milliseconds ?? Number.NaN];
    this.table.set(row, (this.count++ % POINTS) * COLUMNS);
  }

  /** The points, oldest first. */
  points(): readonly (readonly [number, Load])[] {
    const first = Math.max(0, this.count - POINTS);
    return Array.from({ length: this.count - first }, (_, index) => {
      const from = ((first + index) % POINTS) * COLUMNS;
      const [at, callsPerSecond, errorsPerSecond, refusalsPerSecond, time] = this.table.subarray(from, from + COLUMNS);
      const milliseconds = Number.isNaN(time) ? null : time!;
      const load: Load = {
        callsPerSecond: callsPerSecond!,
        errorsPerSecond: errorsPerSecond!,
        refusalsPerSecond: refusalsPerSecond!,
        milliseconds,
      };
      return [at!, load] as const;
    });
  }
}
