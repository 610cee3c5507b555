/** Counts the callers of one method: a comparison and a few additions a call, and no memory beyond a bound, whatever callers say of themselves. */
import { performance } from 'node:perf_hooks';
import { type Request, subjects } from '@concord-rpc/core';

/** Groups that are counted apart, in all methods of a server. */
const MOST_VERSIONS = 2_048;
const MOST_NAMES = 1_024;

/** How many groups a server may still make, and its time in seconds: shared by its methods. */
export class UsageBounds {
  versions = MOST_VERSIONS;
  names = MOST_NAMES;
  second = secondAt(performance.now());

  /** Says what time it is. */
  tick(now: number): void {
    this.second = secondAt(now);
  }
}

function secondAt(now: number): number {
  return Math.floor(now / 1_000);
}

/** Calls that say the same of their caller and need the same version. */
export interface CallerGroup {
  /** The version of the caller's contract; `undefined`: it said none that can be read, or there were too many to tell them apart. */
  readonly version: string | undefined;
  readonly caller: string | undefined;
  /** What the calls need. */
  readonly minor: number;
  readonly isCast: boolean;
  /** A bit for each argument that some call passed. */
  passed: number;
  calls: number;
  /** The second of the last call. */
  seen: number;
}

/** Arguments beyond are taken to be passed. */
const MOST_BITS = 30;
const VERSION = /^(?:0|[1-9]\d{0,9})\.(?:0|[1-9]\d{0,9})$/;
/** More than can be counted exactly stays at that. */
const MOST_CALLS = 2 ** 30;

/** Groups that are known by what their requests say, by name, then by minor. */
type ByCaller = Map<string | undefined, CallerGroup[]>;

/** The counts of one method. */
export class MethodUsage {
  private last: CallerGroup | undefined;
  private readonly known = new Map<string | undefined, ByCaller>();
  private readonly knownCasts = new Map<string | undefined, ByCaller>();
  /** All bits of its arguments. */
  private readonly all: number;

  constructor(
    private readonly method: string,
    argCount: number,
    private readonly bounds: UsageBounds,
  ) {
    this.all = 2 ** Math.min(argCount, MOST_BITS) - 1;
  }

  /** Counts a request whose arguments are in order. */
  count({ contract, cast, context }: Request, subject: string, args: readonly unknown[]): void {
    const minor = subjects.minorBefore(subject, this.method);
    const caller = context?.caller as string | undefined;
    const isCast = cast === true;
    const { last, all } = this;
    const isSame =
      last !== undefined && last.minor === minor && last.version === contract && last.caller === caller && last.isCast === isCast;
    const group = isSame ? last : this.groupOf(contract, caller, minor, isCast);
    this.last = group;
    if (group.calls < MOST_CALLS) group.calls++;
    group.seen = this.bounds.second;
    if (group.passed === all) return;
    let { passed } = group;
    for (let index = 0; index < args.length && index < MOST_BITS; index++) if (args[index] !== undefined) passed |= 1 << index;
    group.passed = passed;
  }

  /** Everything counted so far. */
  groups(): readonly CallerGroup[] {
    return [this.known, this.knownCasts].flatMap((known) =>
      [...known.values()].flatMap((byCaller) => [...byCaller.values()].flatMap((byMinor) => Object.values(byMinor))),
    );
  }

  /** Whether an argument is among the bits. */
  static isPassed(passed: number, index: number): boolean {
    return index >= MOST_BITS || (passed & (1 << index)) !== 0;
  }

  private groupOf(contract: string | undefined, caller: string | undefined, minor: number, isCast: boolean): CallerGroup {
    const known = isCast ? this.knownCasts : this.known;
    const found = known.get(contract)?.get(caller)?.[minor];
    return found ?? this.newGroup(known, contract, caller, minor, isCast);
  }

  /** A new group; one of whom less is known where there is no room, or where what the caller says is no version. */
  private newGroup(
    known: Map<string | undefined, ByCaller>,
    contract: string | undefined,
    caller: string | undefined,
    minor: number,
    isCast: boolean,
  ): CallerGroup {
    const { bounds } = this;
    if (contract !== undefined && !VERSION.test(contract)) return this.groupOf(undefined, caller, minor, isCast);
    if (caller !== undefined && bounds.names === 0) return this.groupOf(contract, undefined, minor, isCast);
    if (contract !== undefined && bounds.versions === 0) return this.groupOf(undefined, caller, minor, isCast);
    if (contract !== undefined) bounds.versions--;
    if (caller !== undefined) bounds.names--;
    const group: CallerGroup = { version: contract, caller, minor, isCast, passed: 0, calls: 0, seen: 0 };
    const byCaller: ByCaller = known.get(contract) ?? new Map();
    const byMinor = byCaller.get(caller) ?? [];
    byMinor[minor] = group;
    byCaller.set(caller, byMinor);
    known.set(contract, byCaller);
    return group;
  }
}
