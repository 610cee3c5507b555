/** The programs that each set-up runs: those of the pages, and contracts that must be refused with one sentence. */
import { textOf } from '../read-sources.mjs';

const BLOCK = /^```ts\n([\s\S]*?)^```$/gm;
const ERASED =
  'Write @Arg({ type: String }), @Arg({ type: [Item] }) or @Arg({ type: SomeDto }), or accept any value with @Arg({ unchecked: true })';

/** The compiler options of README.md. */
export const SETTINGS = JSON.parse(/^```json\n([\s\S]*?)^```$/m.exec(textOf('README.md'))[1]).compilerOptions;

/** Programs that print the lines in their comments, by the name of their file. */
export const SHOWN = ['README.md', 'docs/guides/getting-started.md'].map((page, index) => {
  const source = [...textOf(page).matchAll(BLOCK)].map(([, code]) => code).join('');
  const prints = [...source.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text.trim());
  return { name: ['first', 'orders'][index], page, source, prints };
});

/**
 * Contracts that are refused. `metadata`: only where the compiler records types (true), only where it does not (false), or everywhere
 * (undefined). `options` replace compiler options; such a program is compiled on its own.
 */
export const REFUSED = [
  {
    name: 'no-arg',
    what: 'A parameter without `@Arg({ type })`, and a compiler that records no types: tsx, esbuild, Vitest, or `emitDecoratorMetadata` off',
    metadata: false,
    source: endpoint('list(host: string): Promise<void> { void host; return remote(); }'),
    sentence: `[invalid_contract] Ports.list(host) has no known type: its type is erased at run time (reflection gives nothing); decorator metadata may not have been compiled in: tsc and swc have a setting for it, tsx and esbuild cannot. ${ERASED}`,
  },
  {
    name: 'interface-argument',
    what: 'A parameter whose type is an interface, an object type or a union',
    metadata: true,
    source: endpoint('list(filter: { id: string }): Promise<void> { void filter; return remote(); }'),
    sentence: `[invalid_contract] Ports.list(filter) has no known type: its type is erased at run time (reflection gives only Object). ${ERASED}`,
  },
  {
    name: 'no-type-of-nested',
    what: '`@ValidateNested()` without `@Type(() => Item)`, and a compiler that records no types',
    metadata: false,
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
];

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
