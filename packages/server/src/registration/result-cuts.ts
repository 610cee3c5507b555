/** Cuts results to what the contract declares, and removes or replaces what is newer than the caller's version. */
import {
  type Contract,
  type Cut,
  CutCompiler,
  formatVersion,
  parseVersion,
  type TypeRef,
  type Version,
} from '@concord-rpc/core/engine';
import type { CallerResults } from '../request/served-method';

/** The cuts of one type, one for each minor. Each is compiled on first use. */
export class ResultCuts implements CallerResults {
  private readonly cuts: (Cut | undefined)[] = [];
  private readonly own: string;

  constructor(
    private readonly type: TypeRef,
    private readonly dtos: Contract['dtos'],
    private readonly version: Version,
  ) {
    this.own = formatVersion(version);
  }

  /** Returns the cut for a caller. A caller that states no version, or a version that is not older, gets everything that is declared. */
  forCaller(version: string | undefined): Cut {
    const minor = version === undefined || version === this.own ? this.version.minor : this.minorOf(version);
    return (this.cuts[minor] ??= compileCut(this.type, this.dtos, minor)!);
  }

  private minorOf(version: string): number {
    const newest = this.version.minor;
    try {
      const { major, minor } = parseVersion(version);
      return major === this.version.major && minor < newest ? minor : newest;
    } catch {
      return newest; // a caller that states an invalid version gets the newest form
    }
  }
}

/** Compiles the cuts of a type; returns `undefined` if it reaches no class that declares fields, so that its results cost nothing. */
export function compileResultCuts(type: TypeRef | null | undefined, { dtos, version }: Contract): ResultCuts | undefined {
  if (type === null || type === undefined || compileCut(type, dtos, 0) === undefined) return undefined;
  return new ResultCuts(type, dtos, version);
}

function compileCut(type: TypeRef, dtos: Contract['dtos'], minor: number): Cut | undefined {
  return new CutCompiler(dtos, { minor, drops: () => true, replaces: true, declaredOnly: true, sends: true }).ofType(type);
}
