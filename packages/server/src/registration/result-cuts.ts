/** Converts results for callers of older versions: it removes or replaces what the caller's version does not have. */
import {
  type Contract,
  type Cut,
  CutCompiler,
  formatVersion,
  parseVersion,
  type TypeRef,
  type Version,
} from '@concord-rpc/core/engine';
import type { OlderResults } from '../request/served-method';

/** The conversions of one type, one for each older minor. Each is compiled on first use. */
export class ResultCuts implements OlderResults {
  private readonly cuts: (Cut | null | undefined)[] = [];
  private readonly own: string;

  constructor(
    private readonly type: TypeRef,
    private readonly dtos: Contract['dtos'],
    private readonly version: Version,
  ) {
    this.own = formatVersion(version);
  }

  /** Returns the conversion for a caller; `undefined` if its version has every value, or if it states no version. */
  forCaller(version: string | undefined): Cut | undefined {
    if (version === undefined || version === this.own) return undefined;
    const minor = this.minorOf(version);
    if (minor === undefined) return undefined;
    const cut = (this.cuts[minor] ??= compileCut(this.type, this.dtos, minor) ?? null);
    return cut ?? undefined;
  }

  private minorOf(version: string): number | undefined {
    try {
      const { major, minor } = parseVersion(version);
      return major === this.version.major && minor < this.version.minor ? minor : undefined;
    } catch {
      return undefined; // a caller that states an invalid version gets results unchanged
    }
  }
}

/** Compiles the conversions of a type; returns `undefined` if no part of it is newer than the first version, so that its results cost nothing. */
export function compileResultCuts(type: TypeRef | null | undefined, { dtos, version }: Contract): ResultCuts | undefined {
  if (type === null || type === undefined || compileCut(type, dtos, 0) === undefined) return undefined;
  return new ResultCuts(type, dtos, version);
}

function compileCut(type: TypeRef, dtos: Contract['dtos'], minor: number): Cut | undefined {
  return new CutCompiler(dtos, { minor, drops: () => true, replaces: true }).ofType(type);
}
