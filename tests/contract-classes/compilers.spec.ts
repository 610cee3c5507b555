/** One verdict for every compiler: what is written gives one contract, and what a compiler loses is refused, all of it at once. */
import 'reflect-metadata';
import { transformSync as swc } from '@swc/core';
import type { Class } from 'concord-rpc';
import { contractOf } from 'concord-rpc';
import { transformSync as esbuild } from 'esbuild';

const ts = require('@typescript/typescript6') as typeof import('@typescript/typescript6');

/** Compiles a module to CommonJS, as the usual settings of each tool do. */
const COMPILERS: Readonly<Record<string, (source: string) => string>> = {
  tsc: (source) =>
    ts.transpileModule(source, {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        strict: true,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
        useDefineForClassFields: false,
      },
    }).outputText,
  swc: (source) =>
    swc(source, {
      jsc: {
        parser: { syntax: 'typescript', decorators: true },
        target: 'es2022',
        keepClassNames: true,
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
      module: { type: 'commonjs' },
    }).code,
  // tsx is esbuild, and no set-up of it has metadata
  esbuild: (source) =>
    esbuild(source, {
      loader: 'ts',
      format: 'cjs',
      keepNames: true,
      tsconfigRaw: { compilerOptions: { experimentalDecorators: true, useDefineForClassFields: false } },
    }).code,
};

function load(compiler: string, source: string): Class {
  const module = { exports: {} as { Ports: Class } };
  new Function('module', 'exports', 'require', COMPILERS[compiler]!(source))(module, module.exports, require);
  return module.exports.Ports;
}

const HEAD = `
import { Arg, Endpoint, enumOf, Field, nullable, oneOf, recordOf, RpcMethod, remote } from 'concord-rpc';
import { IsEnum, IsIn, IsInt, IsOptional, IsString, ValidateIf } from 'class-validator';
enum Status { Up = 'UP', Down = 'DOWN' }
enum Level { Low, High }
class Disk { @Field({ type: Number }) size!: number }
`;

const WRITTEN = `${HEAD}
class Port {
  @Field({ type: String }) id!: string;
  @Field({ type: nullable(String) }) mac!: string | null;
  @ValidateIf((_, value) => value !== null) @IsString() rack!: string | null;
  @ValidateIf((_, value) => value !== null) @IsEnum(Status) old!: Status | null;
  @IsIn(['a', 'b', null]) slot!: 'a' | 'b' | null;
  @IsIn([1, 2]) size!: 1 | 2;
  @IsEnum(Level) level!: Level;
  @IsOptional() @IsInt() mtu?: number | null;
  @Field({ enum: Status }) status!: Status;
  @Field({ type: recordOf(Number) }) counters!: Record<string, number>;
  @Field({ type: [nullable(Number)] }) list!: (number | null)[];
  @Field({ type: nullable(oneOf('kind', { disk: Disk })), optional: true }) disk?: Disk | null;
}
@Endpoint({ topic: 'ports', name: 'Ports' })
export class Ports {
  @RpcMethod({ returns: nullable(Port) }) put(
    @Arg({ name: 'port', type: nullable(Port) }) port: Port | null,
    @Arg({ name: 'status', enum: Status }) status: Status,
    @Arg({ name: 'slot', enum: ['a', 'b'] }) slot: 'a' | 'b',
    @Arg({ name: 'limit', type: Number, optional: true }) limit?: number,
  ): Promise<Port | null> { return remote(); }
}`;

const LOST = `${HEAD}
interface Filter { id: string }
class Query {
  @Field() tags!: Record<string, string>;
  @Field() either!: string | number;
  @IsString() id!: string;
}
@Endpoint({ topic: 'ports', name: 'Ports' })
export class Ports {
  @RpcMethod() find(@Arg({ type: Query }) query: Query, filter: Filter, ids: string[]): Promise<void> { return remote(); }
  @RpcMethod({ returns: Map }) count(by: string | number): Promise<Map<string, number>> { return remote(); }
}`;

const whole = contractOf(load('tsc', WRITTEN));

test.each(Object.keys(COMPILERS))('%s: types that are written give the same contract', (compiler) => {
  expect(contractOf(load(compiler, WRITTEN))).toEqual(whole);
});

const WRITE_FIELD = 'Write @Field({ type: … })';
const WRITE_ARG = 'Write @Arg({ type: String }), @Arg({ type: [Item] }) or @Arg({ type: SomeDto })';
/** The types that every compiler loses, each with the line to write. */
const MISTAKES: [string, string][] = [
  ['Query.either (argument query of Ports.find) has no known type', WRITE_FIELD],
  ['Query.tags (argument query of Ports.find) has no known type', WRITE_FIELD],
  ['Ports.find(filter) has no known type', WRITE_ARG],
  ['Ports.find(ids) has no known type', WRITE_ARG],
  ['Ports.count(by) has no known type', WRITE_ARG],
  ['Ports.count declares returns, but no codec carries Map', ''],
];

test.each(Object.keys(COMPILERS))('%s: types that are lost are refused, all at once', (compiler) => {
  const refused = (() => {
    try {
      contractOf(load(compiler, LOST));
      return '';
    } catch (thrown) {
      return (thrown as Error).message;
    }
  })();
  const [head, ...lines] = refused.split('\n');
  expect(head).toBe('[invalid_contract] Ports has 6 mistakes:');
  expect(
    lines.map((line) => MISTAKES.findIndex(([what, write]) => line.startsWith(`* ${what}`) && line.includes(write))),
  ).toEqual([0, 1, 2, 3, 4, 5]);
});
