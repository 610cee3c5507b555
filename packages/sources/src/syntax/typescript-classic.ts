/** Opens programs with TypeScript 5 or 6, whose compiler is a library. */
import { dirname } from 'node:path';
import { type Checker, type CheckerSymbol, type CheckerType, programOf } from './checker-program';
import type { Node, Program, ProgramFiles } from './syntax';

type Options = Readonly<Record<string, unknown>>;

interface ClassicChecker extends Checker {
  getTypeAtLocation(node: Node): CheckerType | undefined;
}

/** The members of the library that are used. */
export interface ClassicApi {
  readonly version: string;
  readonly SyntaxKind: Readonly<Record<string, number | string>>;
  readonly TypeFlags: Readonly<Record<string, number | string>>;
  readonly ObjectFlags: Readonly<Record<string, number | string>>;
  readonly SymbolFlags: Readonly<Record<string, number | string>>;
  readonly sys: { fileExists(file: string): boolean; readFile(file: string): string | undefined };
  findConfigFile(folder: string, fileExists: (file: string) => boolean): string | undefined;
  readConfigFile(file: string, readFile: (file: string) => string | undefined): { readonly config?: object };
  parseJsonConfigFileContent(config: object, host: object, folder: string): { readonly options: Options };
  createProgram(
    files: readonly string[],
    options: Options,
  ): { getTypeChecker(): ClassicChecker; getSourceFile(file: string): Node | undefined };
}

/** Opens one program for all files that share a `tsconfig.json`. */
export function openClassic(ts: ClassicApi, sources: ProgramFiles): ReadonlyMap<string, Program> {
  const byConfig = new Map<string | undefined, string[]>();
  for (const file of sources.files) {
    const config = ts.findConfigFile(dirname(file), ts.sys.fileExists);
    byConfig.set(config, [...(byConfig.get(config) ?? []), file]);
  }
  const found = [...byConfig].flatMap(([config, files]) => {
    const program = programIn(ts, files, optionsIn(ts, config));
    return files.map((file) => [file, program] as const);
  });
  return new Map(found);
}

function optionsIn(ts: ClassicApi, config: string | undefined): Options {
  if (config === undefined) return {};
  const { config: settings = {} } = ts.readConfigFile(config, ts.sys.readFile);
  return ts.parseJsonConfigFileContent(settings, ts.sys, dirname(config)).options;
}

function programIn(ts: ClassicApi, files: readonly string[], options: Options): Program {
  const program = ts.createProgram(files, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  return programOf({
    version: ts.version,
    checker,
    kinds: ts.SyntaxKind,
    typeFlags: ts.TypeFlags,
    objectFlags: ts.ObjectFlags,
    symbolFlags: ts.SymbolFlags,
    sourceFile: (file) => program.getSourceFile(file),
    declarationOf: (symbol) => (symbol as CheckerSymbol & { readonly valueDeclaration?: Node }).valueDeclaration,
    membersOfUnion: (type) => {
      const union = type as CheckerType & { isUnion(): boolean; readonly types: readonly CheckerType[] };
      return union.isUnion() ? union.types : undefined;
    },
    typesAt: (nodes) => nodes.map((node) => checker.getTypeAtLocation(node)),
    close: () => undefined,
  });
}
