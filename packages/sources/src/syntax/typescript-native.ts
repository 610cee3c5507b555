/** TypeScript 7 and later: the compiler runs as a process of its own, and is asked through its API. */
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

/** What of `typescript/unstable/sync` is used. */
export interface NativeApi {
  readonly API: new (options: { readonly cwd: string }) => NativeSession;
  readonly TypeFlags: Readonly<Record<string, number | string>>;
  readonly ObjectFlags: Readonly<Record<string, number | string>>;
  readonly SymbolFlags: Readonly<Record<string, number | string>>;
}

/** What of `typescript/unstable/ast` is used. */
export interface NativeSyntax {
  readonly SyntaxKind: Readonly<Record<string, number | string>>;
}

interface NativeSession {
  updateSnapshot(what: { readonly openFiles: readonly string[] }): {
    getDefaultProjectForFile(file: string): NativeProject | undefined;
  };
  close(): void;
  /** Not of its API: the process behind it. */
  readonly client?: { readonly channel?: { readonly child?: ChildProcess } };
}

/** One program for each project that the files belong to; a file that belongs to none has one of its own. */
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
      programs.set(
        project,
        programIn(version, api, SyntaxKind, project, () => end(session)),
      );
    return [[file, programs.get(project)!] as const];
  });
  if (found.length === 0) end(session);
  return new Map(found);
}

/** Ends the process at once: one that is asked to stop says so on our standard error. It has nothing to lose. */
function end(session: NativeSession): void {
  const process = session.client?.channel?.child;
  if (process === undefined) session.close();
  else process.kill('SIGKILL');
}

function programIn(
  version: string,
  { TypeFlags, ObjectFlags, SymbolFlags }: NativeApi,
  kinds: NativeSyntax['SyntaxKind'],
  { program, checker }: NativeProject,
  close: () => void,
): Program {
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
