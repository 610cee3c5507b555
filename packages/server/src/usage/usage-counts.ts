/**
 * Counts the callers of a server's methods: a few comparisons and additions a call, and no memory beyond a bound, whatever callers say of themselves. All counts lie in
 * one table of numbers, as a server of a thousand methods would else look for each in memory that no cache holds.
 */
import { performance } from 'node:perf_hooks';
import { isVersion, type Request, subjects } from '@concord-rpc/core';

/** Groups that are counted apart, in all methods of a server. */
const MOST_VERSIONS = 2_048;
const MOST_NAMES = 1_024;

/** Calls that say the same of their caller and need the same version. */
export interface CallerGroup {
  /** The version of the caller's contract; `undefined`: it said none that can be read, or there were too many to tell them apart. */
  readonly version: string | undefined;
  readonly caller: string | undefined;
  readonly isCast: boolean;
  /** What the calls need. */
  readonly minor: number;
  /** A bit for each argument that some call passed. */
  readonly passed: number;
  readonly calls: number;
  /** The second of the last call. */
  readonly seen: number;
}

type Caller = Pick<CallerGroup, 'version' | 'caller' | 'isCast'>;

/** Arguments beyond are taken to be passed. */
const MOST_BITS = 30;
/** More than can be counted exactly stays at that. */
const MOST_CALLS = 2 ** 30;

/** A row of the table, number by number. */
const [CALLER, MINOR, CALLS, SEEN, PASSED, ROW] = [0, 1, 2, 3, 4, 8];
/** Nobody has this number. */
const NOBODY = -1;
/** A method's rows are found by both in one number: callers are bounded. */
const CALLERS = 2 ** 13;

/** The counts of one server. Its time goes by whole seconds, so that counting asks no clock. */
export class UsageCounts {
  /** Of now, as it was last ticked. */
  second = secondAt(performance.now());
  private versions = MOST_VERSIONS;
  private names = MOST_NAMES;
  /** The row at 0 is nobody's: there a method points that has not been called. */
  private table = new Int32Array(ROW * 64).fill(NOBODY, 0, ROW);
  private end = ROW;
  /** By method, the row of its last call. */
  private last = new Int32Array(64);
  /** By method, its rows by minor and caller. */
  private readonly rows: Map<number, number>[] = [];
  private readonly callers: Caller[] = [];
  private readonly known = { call: new CallerNumbers(), cast: new CallerNumbers() };
  private lastCaller = NOBODY;

  /** Says what time it is. */
  tick(now: number): void {
    this.second = secondAt(now);
  }

  /** A further method; its number. */
  addMethod(): number {
    const method = this.rows.push(new Map()) - 1;
    if (method === this.last.length) this.last = grown(this.last);
    return method;
  }

  /** Counts a request of a method whose arguments are in order. */
  count(method: number, { contract, cast, context }: Request, subject: string, args: readonly unknown[]): void {
    const minor = subjects.minorIn(subject);
    const name = context?.caller as string | undefined;
    const caller = this.numberOf(contract, name, cast === true);
    let row = this.last[method]!;
    if (this.table[row + CALLER] !== caller || this.table[row + MINOR] !== minor || caller === NOBODY) {
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

  /** Everything counted so far of a method. */
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

  /** Whether an argument is among the bits. */
  static isPassed(passed: number, index: number): boolean {
    return index >= MOST_BITS || (passed & (1 << index)) !== 0;
  }

  /** The number of a caller that has one; most calls are of the same caller as the one before. */
  private numberOf(version: string | undefined, caller: string | undefined, isCast: boolean): number {
    const last = this.callers[this.lastCaller];
    if (last !== undefined && last.version === version && last.caller === caller && last.isCast === isCast)
      return this.lastCaller;
    const number = (isCast ? this.known.cast : this.known.call).get(version, caller);
    if (number !== NOBODY) this.lastCaller = number;
    return number;
  }

  private rowOf(method: number, minor: number, caller: number, who: Caller): number {
    const found = caller === NOBODY ? undefined : this.rows[method]!.get(minor * CALLERS + caller);
    return found ?? this.newRow(method, minor, who);
  }

  /** A new row; that of a caller of whom less is known where there is no room, or where what it says is no version. */
  private newRow(method: number, minor: number, who: Caller): number {
    const { version, caller, isCast } = who;
    const known = (less: Partial<Caller>) => {
      const other = { ...who, ...less };
      return this.rowOf(method, minor, this.numberOf(other.version, other.caller, isCast), other);
    };
    if (version !== undefined && !isVersion(version)) return known({ version: undefined });
    if (caller !== undefined && this.names === 0) return known({ caller: undefined });
    if (version !== undefined && this.versions === 0) return known({ version: undefined });
    if (version !== undefined) this.versions--;
    if (caller !== undefined) this.names--;
    const numbers = isCast ? this.known.cast : this.known.call;
    let number = numbers.get(version, caller);
    if (number === NOBODY) numbers.set(version, caller, (number = this.callers.push(who) - 1));
    const row = this.end;
    this.end += ROW;
    if (this.end > this.table.length) this.table = grown(this.table);
    this.table[row + CALLER] = number;
    this.table[row + MINOR] = minor;
    this.rows[method]!.set(minor * CALLERS + number, row);
    return row;
  }
}

/** Numbers of callers by what they say. */
class CallerNumbers {
  private readonly byVersion = new Map<string | undefined, Map<string | undefined, number>>();

  get(version: string | undefined, caller: string | undefined): number {
    return this.byVersion.get(version)?.get(caller) ?? NOBODY;
  }

  set(version: string | undefined, caller: string | undefined, number: number): void {
    const byName = this.byVersion.get(version) ?? new Map<string | undefined, number>();
    this.byVersion.set(version, byName.set(caller, number));
  }
}

function grown(table: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * table.length);
  larger.set(table);
  return larger;
}

function secondAt(now: number): number {
  return Math.floor(now / 1_000);
}
