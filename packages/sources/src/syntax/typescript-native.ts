/** Opens programs with TypeScript 7 or later, whose compiler runs as a separate process. */
import type { ChildProcess } from 'node:child_process';
import type { Checker, CheckerSymbol, CheckerType } from './checker-program';
import { programOf } from './checker-program';
import type { Node, Program, ProgramFiles } from './syntax';

interface Handle {
  resolve(): Node | undefined;
}

interface NativeChecker extends Checker {
  getTypeAtLocation(nodes: readonly Node[]): readonly (CheckerType | undefined)[];
}

interface NativeProject {
  readonly program: { getSourceFile(file: string): Node | undefined };
  readonly checker: NativeChecker;
}

/** The members of `typescript/unstable/sync` that are used. */
export interface NativeApi {
  readonly API: new (options: { readonly cwd: string }) => NativeSession;
  readonly TypeFlags: Readonly<Record<string, number | string>>;
  readonly ObjectFlags: Readonly<Record<string, number | string>>;
  readonly SymbolFlags: Readonly<Record<string, number | string>>;
}

/** The members of `typescript/unstable/ast` that are used. */
export interface NativeSyntax {
  readonly SyntaxKind: Readonly<Record<string, number | string>>;
}

interface NativeSession {
  updateSnapshot(what: { readonly openFiles: readonly string[] }): {
    getDefaultProjectForFile(file: string): NativeProject | undefined;
  };
  close(): void;
  /** Private: the compiler process. */
  readonly client?: { readonly channel?: { readonly child?: ChildProcess } };
}

/** Opens one program for each project of the files. The compiler makes a project of its own for a file without one. */
export function openNative(
  version: string,
  api: NativeApi,
  { SyntaxKind }: NativeSyntax,
  sources: ProgramFiles,
): ReadonlyMap<string, Program> {
  const session = new api.API({ cwd: sources.root });
  const snapshot = session.updateSnapshot({ openFiles: sources.files });
  const programs = new Map<NativeProject, Program>();
  const found = sources.files.flatMap((file) => {
    const project = snapshot.getDefaultProjectForFile(file);
    if (project === undefined) return [];
    if (!programs.has(project))
      programs.set(project, programIn(project, { version, api, kinds: SyntaxKind, close: () => end(session) }));
    return [[file, programs.get(project)!] as const];
  });
  if (found.length === 0) end(session);
  return new Map(found);
}

/** Kills the process, which holds no state. A process that is asked to stop writes to this process's standard error. */
function end(session: NativeSession): void {
  const process = session.client?.channel?.child;
  if (process === undefined) session.close();
  else process.kill('SIGKILL');
}

interface Compiler {
  readonly version: string;
  readonly api: NativeApi;
  readonly kinds: NativeSyntax['SyntaxKind'];
  readonly close: () => void;
}

function programIn({ program, checker }: NativeProject, { version, api, kinds, close }: Compiler): Program {
  const { TypeFlags, ObjectFlags, SymbolFlags } = api;
  return programOf({
    version,
    checker,
    kinds,
    typeFlags: TypeFlags,
    objectFlags: ObjectFlags,
    symbolFlags: SymbolFlags,
    sourceFile: (file) => program.getSourceFile(file),
    declarationOf: (symbol) => (symbol as CheckerSymbol & { readonly valueDeclaration?: Handle }).valueDeclaration?.resolve(),
    membersOfUnion: (type) => {
      const union = type as CheckerType & { isUnionType(): boolean; getTypes(): readonly CheckerType[] };
      return union.isUnionType() ? union.getTypes() : undefined;
    },
    typesAt: (nodes) => checker.getTypeAtLocation(nodes),
    close,
  });
}
