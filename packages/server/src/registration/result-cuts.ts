/** Results as older callers know them: cut to the version that the caller says it has. */
import { type Contract, type Cut, CutCompiler, formatVersion, parseVersion, type TypeRef, type Version } from '@concord-rpc/core';

/** The cuts of one type, for each minor below the contract's own; each compiled when the first caller needs it. */
export class ResultCuts {
  private readonly cuts: (Cut | null | undefined)[] = [];
  private readonly own: string;

  constructor(
    private readonly type: TypeRef,
    private readonly dtos: Contract['dtos'],
    private readonly version: Version,
  ) {
    this.own = formatVersion(version);
  }

  /** The cut for a caller; `undefined` if it gets values as they are: it knows all of them, or does not say what it knows. */
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
      return undefined; // what a caller says of itself decides nothing but this
    }
  }
}

/** The cuts of a type; `undefined` if nothing in it came late, so that such results pay nothing. */
export function compileResultCuts(type: TypeRef | null | undefined, { dtos, version }: Contract): ResultCuts | undefined {
  if (type === null || type === undefined || compileCut(type, dtos, 0) === undefined) return undefined;
  return new ResultCuts(type, dtos, version);
}

function compileCut(type: TypeRef, dtos: Contract['dtos'], minor: number): Cut | undefined {
  return new CutCompiler(dtos, { minor, drops: () => true, replaces: true }).ofType(type);
}
