/** The programs that each set-up runs: those of the pages, and contracts that must be refused with one sentence. */
import { textOf } from '../read-sources.mjs';

const BLOCK = /^```ts\n([\s\S]*?)^```$/gm;
const ERASED =
  'Write @Arg({ type: String }), @Arg({ type: [Item] }) or @Arg({ type: SomeDto }), or accept any value with @Arg({ unchecked: true })';

/** The compiler options of README.md. */
export const SETTINGS = JSON.parse(/^```json\n([\s\S]*?)^```$/m.exec(textOf('README.md'))[1]).compilerOptions;

/** The pages whose programs print the lines in their comments, by the name of the program's file. */
const PAGES = {
  first: 'README.md',
  orders: 'docs/guides/getting-started.md',
  standard: 'docs/guides/standard-decorators.md',
  defined: 'docs/guides/without-decorators.md',
};
const [FIRST, ORDERS, STANDARD, DEFINED] = Object.entries(PAGES).map(([name, page]) => {
  const source = [...textOf(page).matchAll(BLOCK)].map(([, code]) => code).join('');
  const prints = [...source.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text.trim());
  return { name, page, source, prints };
});

/** The tests of the guide about testing, by the runner that they are for; each imports the file of the guide. */
const TESTS = [...textOf('docs/guides/testing.md').matchAll(/^```ts (jest|vitest|node)\n([\s\S]*?)^```$/gm)].map(
  ([, runner, source]) => ({
    name: `${runner}-test`,
    isTest: true,
    cells: ({ test }) => test === runner,
    files: { 'ports.ts': /^```ts ports\.ts\n([\s\S]*?)^```$/m.exec(textOf('docs/guides/testing.md'))[1] },
    source,
    prints: [],
  }),
);

/** The contract matchers, as each runner imports them. */
const MATCHERS = ['jest', 'vitest'].map((runner) => ({
  name: `${runner}-matchers`,
  isTest: true,
  cells: ({ test }) => test === runner,
  files: TESTS[0].files,
  source: `${runner === 'vitest' ? "import { expect, test } from 'vitest';\n" : ''}import '@concord-rpc/testing/${runner}';
import { Ports } from './ports.js';
test('the matchers', () => {
  expect(() => expect(Ports).toMatchContract('absent.json')).toThrow('absent.json does not exist');
});
`,
  prints: [],
}));

/** A program whose contract and client are of another copy of the packages than its server. */
const TWO_COPIES = {
  name: 'two-copies',
  what: 'Two copies of Concord in one process',
  cells: ({ tool, type }) => tool === 'tsx' && type === 'commonjs',
  copies: 'copy',
  files: {
    'copy/contract.ts': `import { IsString } from 'class-validator';
import { Arg, createClient, Endpoint, RpcMethod, remote } from 'concord-rpc';
export { createClient };
export class NotFound extends Error { @IsString() id = 'x'; }
@Endpoint({ topic: 'ports' })
export class Ports {
  @RpcMethod({ returns: [String], errors: [NotFound] })
  list(@Arg({ type: String }) host: string): Promise<string[]> { void host; return remote(); }
}
`,
  },
  source: `import { isRpcError, MemoryTransport, RpcServer } from 'concord-rpc';
import { createClient, NotFound, Ports } from './copy/contract.js';
const transport = new MemoryTransport();
const server = new RpcServer(transport).register(Ports, {
  list: async (host) => { if (host === '') throw new NotFound('none'); return [host]; },
});
async function main(): Promise<void> {
  await server.start();
  const ports = createClient(transport, Ports);
  console.log(await ports.list('node-1'));
  await ports.list('').catch((error) => console.log(error instanceof NotFound, error.id));
  await server.stop();
  await ports.list('node-1').catch((error) => console.log(isRpcError(error), error.code));
}
main();
`,
  prints: ["[ 'node-1' ]", 'true x', 'true no_servers'],
};

/**
 * Mistakes, and the sentence that each prints. `cells` selects the set-ups. `standard`: only where `experimentalDecorators` is off. With `crashes`, Node or the compiler prints the sentence,
 * and the program fails.
 */
export const MISTAKES = [
  {
    name: 'no-arg',
    what: 'A parameter without `@Arg({ type })`, and a compiler that records no types: tsx, esbuild, Vite, Vitest, or `emitDecoratorMetadata` off',
    remedy: 'write `@Arg({ type: String })`',
    cells: ({ metadata }) => !metadata,
    source: endpoint('list(host: string): Promise<void> { void host; return remote(); }'),
    sentence: `[invalid_contract] Ports.list(host) has no known type: its type is erased at run time (reflection gives nothing); decorator metadata may not have been compiled in: tsc and swc have a setting for it, tsx and esbuild cannot. ${ERASED}`,
  },
  {
    name: 'no-type-of-nested',
    what: '`@ValidateNested()` without `@Type(() => Item)`, and a compiler that records no types',
    remedy: 'write `@Type(() => Item)`',
    cells: ({ metadata }) => !metadata,
    source: endpoint(
      'list(@Arg({ type: Filter }) filter: Filter): Promise<void> { void filter; return remote(); }',
      `import { IsInt, ValidateNested } from 'class-validator';
class Item { @IsInt() size!: number; }
class Filter { @ValidateNested() item!: Item; }
`,
    ),
    sentence:
      '[invalid_contract] Filter.item (argument filter of Ports.list) has no known type: its type is erased at run time (reflection gives nothing). For a nested DTO write @ValidateNested() and @Type(() => Item) of class-transformer; for a list of plain values a validator with { each: true }',
  },
  {
    name: 'interface-argument',
    what: 'A parameter whose type is an interface, an object type or a union of classes',
    remedy: 'make it a DTO class',
    cells: ({ metadata }) => metadata,
    source: endpoint('list(filter: { id: string }): Promise<void> { void filter; return remote(); }'),
    sentence: `[invalid_contract] Ports.list(filter) has no known type: its type is erased at run time (reflection gives only Object). ${ERASED}`,
  },
  {
    name: 'import-type',
    what: '`import type` of a DTO class, under tsc',
    remedy: 'write `import`, and turn off lint rules that rewrite it (`useImportType`, `consistent-type-imports`)',
    cells: ({ tool, metadata }) => tool === 'tsc' && metadata,
    files: { 'filter.ts': "import { IsString } from 'class-validator';\nexport class Filter { @IsString() id!: string; }\n" },
    source: endpoint(
      'list(filter: Filter): Promise<void> { void filter; return remote(); }',
      "import type { Filter } from './filter.js';\n",
    ),
    sentence: `[invalid_contract] Ports.list(filter) has no known type: its type is erased at run time (reflection gives only Function). ${ERASED}`,
  },
  {
    name: 'circular',
    what: 'Modules that import each other, in CommonJS',
    remedy: 'write `@Arg({ type: () => Filter })`, or move the DTO class into a module of its own',
    cells: ({ tool, type }) => tool === 'tsc' && type === 'commonjs',
    ...circular(),
    sentence:
      '[invalid_contract] Ports.list(filter) has no known type: the type is undefined where the decorator runs, because its module is imported in a circle: write () => Item in its place',
  },
  {
    name: 'circular',
    what: 'Modules that import each other, in ES modules',
    remedy: 'move the DTO class into a module of its own',
    cells: ({ tool, type }) => tool === 'tsc' && type === 'module',
    ...circular(),
    crashes: true,
    sentence: "ReferenceError: Cannot access 'Filter' before initialization",
  },
  {
    name: 'standard-decorators',
    what: '`experimentalDecorators` off, and a parameter that `args` does not list',
    remedy: 'write `@RpcMethod({ args: [{ name, type }] })`, or set it',
    standard: true,
    cells: ({ tool }) => tool === 'tsx' || tool === 'tsc',
    source: endpoint('list(host: string): Promise<void> { void host; return remote(); }'),
    sentence:
      '[invalid_contract] Ports.list(host) has no known type: write it in args, as args: [{ name: \'host\', type: String }], or accept any value with unchecked: true. Decorators of parameters need "experimentalDecorators" and "emitDecoratorMetadata" in the compilerOptions of tsconfig.json',
  },
  {
    name: 'standard-parameters',
    what: '`experimentalDecorators` off, under tsx or esbuild, and a decorator on a parameter',
    remedy: 'set it in the `tsconfig.json` of the folder that tsx runs in',
    standard: true,
    cells: ({ tool }) => tool === 'tsx',
    source: endpoint('list(@Arg({ type: String }) host: string): Promise<void> { void host; return remote(); }'),
    crashes: true,
    sentence: 'Parameter decorators only work when experimental decorators are enabled',
  },
];

/** Returns the programs that a set-up runs, each with the lines that it prints. */
export function programsOf(cell) {
  if (cell.decorators === 'none') return [DEFINED];
  const mistakes = MISTAKES.map((each) => ({ ...each, prints: [each.sentence] }));
  const legacy = cell.options.experimentalDecorators;
  const rest = [TWO_COPIES, ...TESTS, ...MATCHERS, ...mistakes].filter(
    ({ cells, standard = false }) => standard !== legacy && cells(cell),
  );
  return legacy ? [FIRST, ORDERS, DEFINED, ...rest] : [STANDARD, DEFINED, ...rest];
}

function circular() {
  return {
    files: {
      'circular-filter.ts': `import { IsString } from 'class-validator';
import { Ports } from './circular-ports.js';
export const contracts = () => [Ports];
export class Filter { @IsString() id!: string; }
`,
      'circular-ports.ts': endpoint(
        'list(@Arg({ type: Filter }) filter: Filter): Promise<void> { void filter; return remote(); }',
        "import { Filter } from './circular-filter.js';\n",
      ).replace('class Ports', 'export class Ports'),
    },
    source: "import './circular-filter.js';\n",
  };
}

/** A program with one contract, that prints the message with which the contract is refused. */
function endpoint(method, before = '') {
  return `import { Arg, createClient, Endpoint, MemoryTransport, RpcMethod, remote } from 'concord-rpc';
${before}
@Endpoint({ topic: 'ports' })
class Ports {
  @RpcMethod() ${method}
}
void Arg;
try {
  createClient(new MemoryTransport(), Ports);
  console.log('accepted');
} catch (error) {
  console.log((error as Error).message);
}
`;
}
