/**
 * Counts the callers of a server's methods, with a few comparisons and additions for each call. Memory is bounded for any input. All
 * counts lie in one table of numbers: for a thousand methods, separate objects would miss the processor's caches.
 */
import { isVersion } from '@concord-rpc/core/engine';
import { type Request, subjects } from '@concord-rpc/core/wire';

/** Most groups with a version, and with a caller's name, that a server tells apart in all its methods. */
const MOST_VERSIONS = 2_048;
const MOST_NAMES = 1_024;

/** Calls of one method whose callers state the same and that need the same version. */
export interface CallerGroup {
  /** The version of the caller's contract; `undefined` if the caller states no valid version, or if there are too many versions to tell apart. */
  readonly version: string | undefined;
  readonly caller: string | undefined;
  readonly isCast: boolean;
  /** The minor that the calls need. */
  readonly minor: number;
  /** One bit for each argument that at least one call passed. */
  readonly passed: number;
  readonly calls: number;
  /** The second in which the last call was counted. */
  readonly seen: number;
}

type Caller = Pick<CallerGroup, 'version' | 'caller' | 'isCast'>;

/** Arguments with a bit of their own. Later arguments count as passed. */
const MOST_BITS = 30;
/** The count of calls stops here. */
const MOST_CALLS = 2 ** 30;

/** The columns of a row, and the length of a row. */
const [CALLER, MINOR, CALLS, SEEN, PASSED, ROW] = [0, 1, 2, 3, 4, 8];
/** Stands for an unknown caller. */
const NO_CALLER = -1;
/** The key of a row is `minor * CALLERS + caller`: there are fewer callers than this. */
const CALLERS = 2 ** 13;

/** The counts of one server. `tick` sets its time in whole seconds, so that counting reads no clock. */
export class UsageCounts {
  /** The second of the last tick. */
  second = secondAt(performance.now());
  private versions = MOST_VERSIONS;
  private names = MOST_NAMES;
  /** The row at 0 has no caller: methods that were not called point to it. */
  private table = new Int32Array(ROW * 64).fill(NO_CALLER, 0, ROW);
  private end = ROW;
  /** For each method, the row of its last call. */
  private last = new Int32Array(64);
  /** For each method, its rows by minor and caller. */
  private readonly rows: Map<number, number>[] = [];
  private readonly callers: Caller[] = [];
  /** The numbers of callers, by their keys. */
  private readonly numbers = new Map<string, number>();
  /** The versions of the contracts that the server serves. */
  private readonly served = new Set<string>();
  /** The subject of the last request, with its minor: those of a batch have the same. */
  private subject = '';
  private minor = 0;
  private lastCaller = NO_CALLER;

  /** Sets the time in milliseconds. */
  tick(now: number): void {
    this.second = secondAt(now);
  }

  /** Adds a method of a contract at a version; returns its number. */
  addMethod(version: string): number {
    this.served.add(version);
    const method = this.rows.push(new Map()) - 1;
    if (method === this.last.length) this.last = grown(this.last);
    return method;
  }

  /** Counts a request whose arguments were accepted. */
  count(method: number, { contract, cast, context }: Request, subject: string, args: readonly unknown[]): void {
    if (subject !== this.subject) this.minor = subjects.minorIn(subject);
    this.subject = subject;
    const { minor } = this;
    const name = context?.caller as string | undefined;
    const caller = this.numberOf(contract, name, cast === true);
    let row = this.last[method]!;
    if (this.table[row + CALLER] !== caller || this.table[row + MINOR] !== minor || caller === NO_CALLER) {
      row = this.rowOf(method, minor, caller, { version: contract, caller: name, isCast: cast === true });
      this.last[method] = row;
    }
    const { table } = this;
    if (table[row + CALLS]! < MOST_CALLS) table[row + CALLS]!++;
    table[row + SEEN] = this.second;
    let passed = 0;
    for (let index = 0; index < args.length && index < MOST_BITS; index++) if (args[index] !== undefined) passed |= 1 << index;
    table[row + PASSED]! |= passed;
  }

  /** Returns the number of all counted calls. */
  total(): number {
    let total = 0;
    for (let row = ROW; row < this.end; row += ROW) total += this.table[row + CALLS]!;
    return total;
  }

  /** Returns the groups of callers of a method. */
  groupsOf(method: number): readonly CallerGroup[] {
    const at = (row: number, field: number) => this.table[row + field]!;
    return [...this.rows[method]!.values()].map((row) => ({
      ...this.callers[at(row, CALLER)]!,
      minor: at(row, MINOR),
      calls: at(row, CALLS),
      seen: at(row, SEEN),
      passed: at(row, PASSED),
    }));
  }

  /** Returns whether an argument was passed. */
  static isPassed(passed: number, index: number): boolean {
    return index >= MOST_BITS || (passed & (1 << index)) !== 0;
  }

  /** Returns the number of a known caller; -1 for an unknown one. Most calls come from the same caller as the call before. */
  private numberOf(version: string | undefined, caller: string | undefined, isCast: boolean): number {
    const last = this.callers[this.lastCaller];
    if (last !== undefined && last.version === version && last.caller === caller && last.isCast === isCast)
      return this.lastCaller;
    const number = this.numbers.get(keyOf(version, caller, isCast)) ?? NO_CALLER;
    if (number !== NO_CALLER) this.lastCaller = number;
    return number;
  }

  private rowOf(method: number, minor: number, caller: number, who: Caller): number {
    const found = caller === NO_CALLER ? undefined : this.rows[method]!.get(minor * CALLERS + caller);
    return found ?? this.newRow(method, minor, who);
  }

  /** Adds a row. If a bound is reached, or the version is invalid, the row of a caller that states less is used. */
  private newRow(method: number, minor: number, who: Caller): number {
    const { version, caller, isCast } = who;
    const known = (less: Partial<Caller>) => {
      const other = { ...who, ...less };
      return this.rowOf(method, minor, this.numberOf(other.version, other.caller, isCast), other);
    };
    if (version !== undefined && !this.served.has(version) && !isVersion(version)) return known({ version: undefined });
    if (caller !== undefined && this.names === 0) return known({ caller: undefined });
    if (version !== undefined && this.versions === 0) return known({ version: undefined });
    if (version !== undefined) this.versions--;
    if (caller !== undefined) this.names--;
    const key = keyOf(version, caller, isCast);
    let number = this.numbers.get(key);
    if (number === undefined) this.numbers.set(key, (number = this.callers.push(who) - 1));
    const row = this.end;
    this.end += ROW;
    if (this.end > this.table.length) this.table = grown(this.table);
    this.table[row + CALLER] = number;
    this.table[row + MINOR] = minor;
    this.rows[method]!.set(minor * CALLERS + number, row);
    return row;
  }
}

/** The key of a caller. The length keeps a version and a name apart, whatever characters they have. */
function keyOf(version = '', caller = '', isCast = false): string {
  return `${isCast ? 'cast' : 'call'} ${version.length} ${version}${caller}`;
}

function grown(table: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * table.length);
  larger.set(table);
  return larger;
}

function secondAt(now: number): number {
  return Math.floor(now / 1_000);
}
