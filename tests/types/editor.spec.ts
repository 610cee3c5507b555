/** Editors: hovering over a method of a client shows the docstring of the contract's method, and "go to definition" leads to it. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from '@typescript/typescript6';

const ROOT = join(__dirname, '../..');
const FILE = join(__dirname, 'edited.ts');
const TEXT = `
import { createClient, Endpoint, MemoryTransport, RpcMethod, remote } from 'concord-rpc';

@Endpoint({ topic: 'edited' })
abstract class Ports {
  /** Lists the ports of a host. */
  @RpcMethod() list(host: string, limit?: number): Promise<string[]> {
    return remote();
  }
  /** Follows the ports of a host. */
  @RpcMethod({ mode: 'stream' }) watch(host: string): AsyncIterable<string> {
    return remote();
  }
}

const ports = createClient(new MemoryTransport(), Ports);
void ports.list('h');
void ports.$cast.list('h');
void ports.$fanout.list('h');
void ports.$each.list('h');
void ports.$to('x').list('h');
void ports.$with({}).list('h');
void ports.watch('h');
`;

const service = languageService();
afterAll(() => service.dispose());

const LIST = { definition: 'list(host: string', doc: 'Lists the ports of a host.' };
const WATCH = { definition: 'watch(host: string', doc: 'Follows the ports of a host.' };

test('the edited file compiles', () => {
  expect(service.getSemanticDiagnostics(FILE).map(({ messageText }) => messageText)).toEqual([]);
}, 60_000);

test.each([
  ['ports.list', LIST, '(method) list(host: string, limit?: number | undefined): Promise<string[]>'],
  ['ports.$cast.list', LIST, '(method) list(host: string, limit?: number | undefined): Promise<void>'],
  ['ports.$fanout.list', LIST, '(method) list(host: string, limit?: number | undefined): Promise<void>'],
  [
    'ports.$each.list',
    LIST,
    '(method) list(host: string, limit?: number | undefined): AsyncIterableIterator<EachAnswer<string[]>>',
  ],
  ["ports.$to('x').list", LIST, '(method) list(host: string, limit?: number | undefined): Promise<string[]>'],
  ['ports.$with({}).list', LIST, '(method) list(host: string, limit?: number | undefined): Promise<string[]>'],
  ['ports.watch', WATCH, '(method) watch(host: string): AsyncIterableIterator<string>'],
])(
  '%s',
  (expression, { definition, doc }, signature) => {
    const at = TEXT.indexOf(`void ${expression}(`) + `void ${expression}`.length - 1;
    const info = service.getQuickInfoAtPosition(FILE, at)!;
    expect(ts.displayPartsToString(info.displayParts)).toContain(signature);
    expect(ts.displayPartsToString(info.documentation)).toBe(doc);
    const [found, ...more] = service.getDefinitionAtPosition(FILE, at)!;
    expect(more).toEqual([]);
    expect(found).toMatchObject({ fileName: FILE, textSpan: { start: TEXT.indexOf(definition) } });
  },
  60_000,
);

/** An editor with the one file open; the packages are taken from their sources. */
function languageService(): ts.LanguageService {
  const { config } = ts.readConfigFile(join(ROOT, 'tsconfig.base.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  const paths = { 'concord-rpc': ['./packages/concord-rpc/src/index.ts'], '@concord-rpc/*': ['./packages/*/src/index.ts'] };
  const compilerOptions: ts.CompilerOptions = {
    ...options,
    composite: false,
    incremental: false,
    noEmit: true,
    paths: Object.fromEntries(Object.entries(paths).map(([name, [path]]) => [name, [join(ROOT, path!)]])),
  };
  const read = (path: string) => (path === FILE ? TEXT : existsSync(path) ? readFileSync(path, 'utf8') : undefined);
  return ts.createLanguageService({
    getCompilationSettings: () => compilerOptions,
    getScriptFileNames: () => [FILE],
    getScriptVersion: () => '1',
    getScriptSnapshot: (path) => {
      const text = read(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => ROOT,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path === FILE || ts.sys.fileExists(path),
    readFile: read,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    realpath: ts.sys.realpath!,
  });
}
