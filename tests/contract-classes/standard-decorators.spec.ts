/** Standard (TC39) decorators, as three compilers write them: the same contract as legacy decorators, and the same mistakes. */
import { transformSync as swc } from '@swc/core';
import * as typescript from '@typescript/typescript6';
import { type Class, contractOf, createClient, MemoryTransport, RpcMethod, RpcServer } from 'concord-rpc';
import { transformSync as esbuild } from 'esbuild';

/** Compiles TypeScript to a CommonJS module. */
type Compiler = (source: string) => string;

const withEsbuild =
  (experimentalDecorators: boolean): Compiler =>
  (source) =>
    esbuild(source, {
      loader: 'ts',
      format: 'cjs',
      target: 'es2022',
      tsconfigRaw: { compilerOptions: { experimentalDecorators } },
    }).code;

/** The compilers that write standard decorators. */
const COMPILERS: Readonly<Record<string, Compiler>> = {
  esbuild: withEsbuild(false),
  'TypeScript 6': (source) =>
    typescript.transpile(source, { target: typescript.ScriptTarget.ES2022, module: typescript.ModuleKind.CommonJS }),
  swc: (source) =>
    swc(source, {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        transform: { decoratorVersion: '2023-11' as never },
        target: 'es2022',
      },
      module: { type: 'commonjs' },
    }).code,
};
const legacy = withEsbuild(true);
const NAMES =
  'Arg, Backport, Deprecated, Dto, Endpoint, enumOf, Field, LimitsBefore, nullable, recordOf, remote, RequiredBefore, RpcMethod, Since, ValuesSince';

/** Runs a module and returns its exports. */
function run(compile: Compiler, source: string): Record<string, Class> {
  const module = { exports: {} as Record<string, Class> };
  const head = `import { ${NAMES} } from 'concord-rpc';\nimport { IsInt, IsOptional, Max } from 'class-validator';\n`;
  new Function('require', 'module', 'exports', compile(`${head}${source}`))(require, module, module.exports);
  return module.exports;
}

/** Returns the sentence with which a module, or its contract, is refused. */
function refusalOf(compile: Compiler, source: string): string {
  try {
    contractOf(run(compile, source).Ports!);
  } catch (error) {
    return (error as Error).message;
  }
  return 'accepted';
}

/** A contract that both kinds of decorators can write. */
const PORTS = `
class Base {
  @Field({ type: String, maxLength: 36 }) id;
}
@Dto({ name: 'Port', fields: { mtu: { since: '1.1', decorators: [IsOptional(), IsInt(), Max(9000), LimitsBefore('1.2', { maximum: 1500 })] } } })
export class Port extends Base {
  @Field({ enum: ['UP', 'DOWN', 'LEFT'] }) @ValuesSince('1.2', ['LEFT'], { fallback: 'DOWN' }) state;
  @Field({ type: nullable(Date) }) @Since('1.1') @RequiredBefore('1.2') @Field({ optional: true }) seen;
  @Deprecated('1.1', { use: 'id' }) @Field({ type: recordOf([Number]), optional: true }) old;
  mtu;
  @Backport('1.0') static to10(port) { return { ...port, id: port.id + '!' }; }
}
class Resettable {
  @RpcMethod({ returns: null, args: [{ name: 'hard', type: Boolean, since: { Ports: '1.2' } }] }) reset(hard) { return remote(); }
}
@Endpoint({ topic: 'ports', version: '1.2' })
export class Ports extends Resettable {
  @Deprecated('1.1', { use: 'list' }) @RpcMethod({ returns: [String], args: [{ name: 'host', type: String }] }) hosts(host) { return remote(); }
  @RpcMethod({
    returns: [Port],
    args: [
      { name: 'host', type: String, maxLength: 9, decorators: [LimitsBefore('1.1', { maxLength: 5 })] },
      { name: 'limit', type: Number, decorators: [RequiredBefore('1.1')] },
      { name: 'filter', type: Port, since: '1.2', droppable: true },
    ],
  })
  list(host, limit = 10, filter) { return remote(); }
}
`;

/** Mistakes that are refused with one sentence under either kind of decorators: what they are, and a part of it. */
const MISTAKES: readonly [string, string, string][] = [
  ['@RpcMethod twice', '@RpcMethod() @RpcMethod() list() {}', 'Ports has @RpcMethod twice on list'],
  ['@Since on a method', "@Since('1.1') @RpcMethod() list() {}", 'Ports has @Since on the method list'],
  ['@RequiredBefore on a method', "@RequiredBefore('1.1') @RpcMethod() list() {}", 'has @RequiredBefore on the method list'],
  ['@Field on a method', '@Field() @RpcMethod() list() {}', 'has @Field on list, which is not a field of a DTO'],
  ['a static method', '@RpcMethod() static list() {}', 'Ports has @RpcMethod on the static member list'],
  ['a static field', '@Field() static list = 1', 'Ports has @Field on the static member list'],
  ['a getter', '@RpcMethod() get list() { return 1; }', 'Ports has @RpcMethod on list, which is not a method'],
  ['@Backport on a method of objects', "@Backport('1.0') list() {}", 'has @Backport on list, which is not a static method'],
  ['a member named by a symbol', '@RpcMethod() [Symbol.for("a")]() {}', 'has @RpcMethod on a member named by a symbol'],
  [
    'an unknown option',
    '@RpcMethod({ retruns: String }) list() {}',
    'has the option "retruns" on list, which @RpcMethod does not have',
  ],
  ['@Deprecated alone', "@Deprecated('1.1') list() {}", 'Ports.list has @Deprecated but no @RpcMethod()'],
];

describe.each(Object.entries(COMPILERS))('%s', (_name, compile) => {
  test('gives the contract that legacy decorators give', () => {
    const document = contractOf(run(compile, PORTS).Ports!);
    expect(document).toEqual(contractOf(run(legacy, PORTS).Ports!));
    expect(document.types!.Port).toMatchObject({
      properties: {
        mtu: { type: 'integer', maximum: 9000, 'x-since': '1.1' },
        seen: { 'x-since': '1.1' },
        old: { deprecated: { since: '1.1', use: 'id' } },
      },
      required: ['id', 'state'],
    });
  });

  test('subclasses of a class without @Endpoint have its methods', () => {
    const types = run(
      compile,
      `class Base { @RpcMethod({ args: [{ name: 'id', type: String }] }) get(id) { return remote(); } }
       @Endpoint({ topic: 'a' }) export class First extends Base { @RpcMethod() own() { return remote(); } }
       @Endpoint({ topic: 'b' }) export class Second extends Base {}
       @Endpoint({ topic: 'c' }) export class Third extends First { @RpcMethod() more() { return remote(); } }`,
    );
    const methods = ['First', 'Second', 'Third'].map((name) =>
      Object.keys(contractOf(types[name]!).endpoints[`${name}@1`]!.methods),
    );
    expect(methods).toEqual([['get', 'own'], ['get'], ['get', 'more', 'own']]);
  });

  test('a class that is its own implementation is served', async () => {
    const { Ports } = run(
      compile,
      `@Endpoint({ topic: 'ports' })
       export class Ports { @RpcMethod({ returns: String, args: [{ name: 'host', type: String }] }) async first(host) { return host + '!'; } }`,
    );
    const transport = new MemoryTransport();
    const server = new RpcServer(transport).register(new (Ports as unknown as new () => object)());
    await server.start();
    const ports = createClient(transport, Ports as Class<{ first(host: string): Promise<string> }>);
    await expect(ports.first('node-1')).resolves.toBe('node-1!');
    await expect(ports.first(5 as never)).rejects.toMatchObject({ code: 'invalid_argument' });
    await server.stop();
  });

  test.each(MISTAKES)('%s is refused as under legacy decorators', (_what, member, part) => {
    const source = `@Endpoint({ topic: 'ports', version: '1.1' }) export class Ports { ${member} }`;
    expect(refusalOf(compile, source)).toContain(part);
    expect(refusalOf(compile, source)).toBe(refusalOf(legacy, source));
  });

  test.each([
    [
      'an argument without a type',
      "@Endpoint({ topic: 'ports' }) export class Ports { @RpcMethod() list(host) {} }",
      "Ports.list(host) has no known type: write it in args, as args: [{ name: 'host', type: String }], or accept any value with unchecked: true",
    ],
    [
      '@Arg on a method',
      'class Ports { @Arg({ type: String }) list() {} }',
      '@Arg was called as a standard decorator of the method list: standard decorators cannot stand before parameters; write @RpcMethod({ args: [{ name, type, … }] }), or set "experimentalDecorators"',
    ],
    [
      'a private method',
      'class Ports { @RpcMethod() #list() {} }',
      '@RpcMethod is on the private member #list; it marks public members',
    ],
    [
      'a decorator of members on a class',
      '@RpcMethod() class Ports {}',
      '@RpcMethod is on the class Ports; it marks members of a class',
    ],
    [
      'a decorator of classes on a method',
      "class Ports { @Endpoint({ topic: 't' }) list() {} }",
      '@Endpoint is on the method list; it marks a class',
    ],
  ])('%s is refused', (_what, source, sentence) => {
    expect(refusalOf(compile, source)).toContain(sentence);
  });
});

test('a compiler that makes no metadata of classes is named', () => {
  const decorate = RpcMethod() as (method: object, context: object) => void;
  expect(() => decorate(() => undefined, { kind: 'method', name: 'list' })).toThrow(
    '[invalid_contract] @RpcMethod got no metadata of its class: compile it with TypeScript from 5.2 on, esbuild from 0.21.3 on, or swc with decoratorVersion 2023-11, or write defineContract',
  );
});
