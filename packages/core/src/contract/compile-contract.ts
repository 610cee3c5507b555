/** Turns a decorated class into a contract, or refuses it in one sentence that names class, member and both values. */

import {
  type DeprecatedMark,
  type MethodRecord,
  type ParameterRecord,
  readClass,
  type SinceMark,
} from '../decorators/class-metadata';
import { type ArgOptions, type EndpointOptions, type RpcMethodOptions, type Stability } from '../decorators/decorator-options';
import { writtenParameters } from '../decorators/parameter-names';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import { CODEC_NAMES, type CodecName, carriedType } from '../schema/codec-names';
import type { ShapeReader } from '../schema/shape';
import { type Class, type TypeRef, typeRefOf, UNCHECKED, type UnknownType } from '../schema/type-ref';
import { requireNamespace, requireToken } from '../values/target';
import { compareVersions, formatVersion, parseVersion, type Version } from '../values/version';
import { limitsIn, problemWithLimits, typeOfList } from './argument-limits';
import { compileChanges } from './compile-changes';
import { compileDeprecation } from './compile-deprecation';
import { DtoCompiler } from './compile-dtos';
import { compileErrors, compileExpected, type DeclaringMethod } from './compile-errors';
import type { ArgContract, Contract, MethodContract } from './contract';
import { contradictionIn } from './contradictions';
import { compileFormerNames, firstMinor } from './former-names';

/** The commonest reason why nothing at all is known of a parameter. */
const NO_METADATA =
  '; decorator metadata may not have been compiled in: tsc and swc have a setting for it, tsx and esbuild cannot';

const STABILITIES: readonly Stability[] = ['experimental', 'beta', 'stable'];

/** Every object answers to these, or is treated specially if it does: a remote method of this name could not be told apart. */
const NOT_METHOD_NAMES = new Set([...Object.getOwnPropertyNames(Object.prototype), 'then', 'toJSON', 'prototype']);

/**
 * The contract that a decorated class states.
 *
 * @throws RpcError `invalid_contract`, `invalid_version` or `invalid_target`: the first mistake found, in one sentence.
 */
export function compileContract(type: Class, shapes: ShapeReader): Contract {
  return new ContractCompiler(type, shapes).compile();
}

class ContractCompiler {
  private readonly options: EndpointOptions;
  private readonly version: Version;
  private readonly name: string;
  private readonly codec: CodecName;
  private readonly dtos: DtoCompiler;

  constructor(
    private readonly type: Class,
    private readonly shapes: ShapeReader,
  ) {
    const options = typeof type === 'function' ? readClass(type)?.endpoint : undefined;
    if (options === undefined) {
      const what = typeof type === 'function' ? `class ${type.name || '(anonymous)'}` : quote(type);
      throw new RpcError('invalid_contract', `${what} is not a contract: decorate the class with @Endpoint({ topic, version })`);
    }
    this.options = options;
    this.name = requireToken(options.name ?? type.name, `name of endpoint class ${type.name}`);
    this.version = parseVersion(options.version ?? '1.0', `version of ${this.name}`);
    this.codec = options.codec ?? 'json';
    this.dtos = new DtoCompiler(shapes, this.codec, (mark, where) => this.minorOf(mark, where));
  }

  compile(): Contract {
    const record = readClass(this.type)!;
    const { topic, exchange = 'default', namespace, legacyNamespaces = [], description } = this.options;
    const target = {
      exchange: requireToken(exchange, `exchange of ${this.name}`),
      topic: requireToken(topic, `topic of ${this.name}`),
      namespace: requireNamespace(namespace, `namespace of ${this.name}`),
    };
    if (!CODEC_NAMES.includes(this.codec)) {
      throw this.mistake('', `has codec ${quote(this.codec)}; it is one of ${CODEC_NAMES.map(quote).join(', ')}`);
    }
    if (record.mistakes.length > 0) throw this.mistake('', record.mistakes[0]!);
    const methods = new Map([...record.methods].map(([name, method]) => [name, this.method(name, method)]));
    if (methods.size === 0) throw this.mistake('', 'has no method: decorate one with @RpcMethod()');
    return {
      type: this.type,
      name: this.name,
      version: this.version,
      target,
      legacyNamespaces: legacyNamespaces.map((legacy) => requireNamespace(legacy, `legacyNamespaces of ${this.name}`)),
      codec: this.codec,
      ...this.stability(),
      description,
      methods,
      dtos: this.dtos.compiled(),
    };
  }

  private method(name: string, record: MethodRecord): MethodContract {
    requireToken(name, `method name in ${this.name}`);
    if (NOT_METHOD_NAMES.has(name)) {
      throw this.mistake(`.${name}`, `cannot be a remote method: every object has a meaning of its own for ${quote(name)}`);
    }
    const options = record.options;
    if (options === undefined) {
      const marks = record.deprecated === undefined ? '@Since or @Arg on a parameter' : '@Deprecated';
      throw this.mistake(`.${name}`, `has ${marks} but no @RpcMethod()`);
    }
    const since = this.minorOf({ version: options.since ?? `${this.version.major}.0` }, `.${name}`);
    const contradiction = contradictionIn(options);
    if (contradiction !== undefined) throw this.mistake(`.${name}`, contradiction);
    const aliases = this.aliases(name, options, since);
    const first = firstMinor({ since, ...aliases });
    const args = this.arguments(name, record, options, first);
    const declaring = this.declaring(name, first);
    const { deprecated } = this.deprecation(`.${name}`, record.deprecated);
    return {
      name,
      since,
      mode: options.mode,
      returns: this.returns(name, options),
      errors: compileErrors(options, declaring),
      expected: compileExpected(options, declaring),
      idempotent: options.idempotent === true,
      idempotencyWindow: options.idempotencyWindow,
      timeout: options.timeout,
      deprecated,
      description: options.description,
      args,
      aliases: aliases.aliases,
      required: args.reduce((count, arg, index) => (arg.optional ? count : index + 1), 0),
    };
  }

  private aliases(name: string, options: RpcMethodOptions, since: number): Pick<MethodContract, 'aliases'> {
    if (options.aliases === undefined || options.aliases.length === 0) return {};
    const methods = readClass(this.type)!.methods;
    const others = [...methods].flatMap(([other, { options }]) => (other === name ? [] : (options?.aliases ?? [])));
    const taken = new Set(others.map((alias) => (typeof alias === 'object' ? alias?.name : alias)));
    const aliases = compileFormerNames(options, {
      since,
      isTaken: (alias) => methods.has(alias) || taken.has(alias) || NOT_METHOD_NAMES.has(alias),
      minorOf: (version) => this.minorOf({ version }, `.${name} (alias)`),
      format: (minor) => this.format(minor),
      requireName: (alias) => requireToken(alias as string, `alias of ${this.name}.${name}`),
    });
    if (typeof aliases === 'string') throw this.mistake(`.${name}`, aliases);
    return aliases.length > 0 ? { aliases } : {};
  }

  /** A method as its errors are declared on it. */
  private declaring(name: string, since: number): DeclaringMethod {
    const minorOf = (mark: SinceMark, what: string) => this.minorOf(mark, `.${name}${what}`);
    const { dtos, shapes } = this;
    return { label: `${this.name}.${name}`, since, dtos, shapes, minorOf, format: (minor) => this.format(minor) };
  }

  private returns(name: string, options: RpcMethodOptions): TypeRef | null | undefined {
    if (options.mode === 'cast' || options.mode === 'fanout' || options.returns === null) return null;
    if (options.returns === undefined) return undefined;
    const type = carriedType(typeRefOf(options.returns), this.codec);
    if (type.kind === 'unknown') throw this.mistake(`.${name}`, `declares returns, but ${type.why}`);
    this.dtos.add(type, `result of ${this.name}.${name}`, 'out');
    return type;
  }

  private arguments(name: string, record: MethodRecord, options: RpcMethodOptions, since: number): ArgContract[] {
    const prototype = this.type.prototype as object;
    const written = writtenParameters((prototype as Record<string, (...args: never[]) => unknown>)[name]!);
    const reflected: unknown[] | undefined = Reflect.getMetadata('design:paramtypes', prototype, name);
    const decorated = Math.max(-1, ...record.parameters.keys()) + 1;
    const count = reflected?.length ?? Math.max(written.length, decorated);
    const args: ArgContract[] = [];
    for (let index = 0; index < count; index++) {
      const { since: mark, changes = [], arg, deprecated }: ParameterRecord = record.parameters.get(index) ?? {};
      const argName = requireToken(
        arg?.name ?? written[index]?.name ?? `arg${index}`,
        `argument ${index} of ${this.name}.${name}`,
      );
      const where = `.${name}(${argName})`;
      if (written[index]?.isRest)
        throw this.mistake(where, 'is a rest parameter: pass an array, so that versions can add arguments after it');
      if (args.some((earlier) => earlier.name === argName)) throw this.mistake(where, 'has the name of another argument');
      const argSince = mark === undefined ? since : this.minorOf(mark, where);
      const late = argSince > since;
      if (late && arg?.optional === false) {
        throw this.mistake(
          where,
          `came in ${this.format(argSince)}, after its method (${this.format(since)}), and is required: callers at ${this.format(since)} do not send it`,
        );
      }
      const wasRequired = changes.some(({ was }) => was?.required === true);
      const optional = arg?.optional ?? (late || wasRequired || written[index]?.hasDefault === true);
      this.requireAfterOlder(where, argSince, args[index - 1], optional);
      const unchecked = arg?.unchecked === true;
      const token = arg?.type ?? typeOfList(arg ?? {}) ?? reflected?.[index];
      const type = this.argType(where, unchecked, token, options.unchecked === true);
      this.dtos.add(type, `argument ${argName} of ${this.name}.${name}`, 'in', argSince);
      const own = { name: argName, since: argSince, optional, droppable: mark?.droppable === true, type };
      args.push({ ...own, ...this.deprecation(where, deprecated), ...this.argValues(where, own, changes, arg) });
    }
    return args;
  }

  private deprecation(where: string, mark: DeprecatedMark | undefined): ReturnType<typeof compileDeprecation> {
    return compileDeprecation(mark, {
      label: `${this.name}${where}`,
      minorOf: (since) => this.minorOf(since, `${where} (deprecated)`),
    });
  }

  private stability(): Pick<Contract, 'stability'> {
    const { stability = 'stable' } = this.options;
    if (!STABILITIES.includes(stability)) {
      throw this.mistake('', `has stability ${quote(stability)}; it is one of ${STABILITIES.map(quote).join(', ')}`);
    }
    return stability === 'stable' ? {} : { stability };
  }

  /** The limits of an argument's values, and what became of them. */
  private argValues(where: string, arg: ArgContract, marks: readonly SinceMark[], options?: ArgOptions): Partial<ArgContract> {
    const keywords = limitsIn(options);
    const problem = keywords && problemWithLimits(keywords, arg.type);
    if (problem !== undefined) throw this.mistake(where, problem);
    const changes = compileChanges({
      label: `${this.name}${where}`,
      since: arg.since,
      optional: arg.optional,
      keywords: keywords ?? {},
      marks,
      listing: '@Arg({ enum: […] })',
      option: '@Arg({ optional: true })',
      minorOf: (mark) => this.minorOf(mark, where),
    });
    return { ...(keywords !== undefined && { keywords }), ...changes };
  }

  private requireAfterOlder(where: string, since: number, before: ArgContract | undefined, optional: boolean): void {
    if (before === undefined) return;
    if (before.since > since) {
      throw this.mistake(
        where,
        `is as old as ${this.format(since)} and stands after ${before.name}, which came in ${this.format(before.since)}: late arguments go last`,
      );
    }
    if (before.optional && !optional) {
      throw this.mistake(
        where,
        `is required and stands after ${before.name}, which is optional; say @Arg({ optional: true }) if it may be left out`,
      );
    }
  }

  private argType(where: string, unchecked: boolean, token: unknown, methodUnchecked: boolean): TypeRef {
    if (unchecked) return UNCHECKED;
    const type: TypeRef | UnknownType = carriedType(typeRefOf(token), this.codec);
    if (type.kind !== 'unknown') return type;
    if (methodUnchecked) return UNCHECKED;
    throw this.mistake(
      where,
      `has no known type: ${type.why}${token === undefined ? NO_METADATA : ''}. Say @Arg({ type: String }), @Arg({ type: [Item] }) or @Arg({ type: SomeDto }); or take what comes with @Arg({ unchecked: true })`,
    );
  }

  /** The minor of a `since` mark, checked against the endpoint's version. */
  private minorOf(mark: SinceMark, where: string): number {
    const text = typeof mark.version === 'string' ? mark.version : mark.version[this.name];
    if (text === undefined) return 0;
    const since = parseVersion(text, `since of ${this.name}${where}`);
    if (since.major !== this.version.major) {
      throw this.mistake(where, `says since ${text}, another major than the endpoint's version ${formatVersion(this.version)}`);
    }
    if (compareVersions(since, this.version) > 0) {
      throw this.mistake(
        where,
        `says since ${text}, above the endpoint's version ${formatVersion(this.version)}: raise the version of @Endpoint`,
      );
    }
    return since.minor;
  }

  private format(minor: number): string {
    return formatVersion({ major: this.version.major, minor });
  }

  private mistake(where: string, sentence: string): RpcError {
    return new RpcError('invalid_contract', `${this.name}${where} ${sentence}`);
  }
}
