/** Compiles a decorated class into a contract, or refuses it in one sentence that names the class, the member and both values. */
import { type MethodRecord, readClass } from '../decorators/class-metadata';
import { isUnstable, UNSTABLE } from '../decorators/class-names';
import { type EndpointOptions, type RpcMethodOptions, type Stability } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import { CODEC_NAMES, type CodecName, carriedType } from '../schema/codec-names';
import { CIRCULAR, typeRefOf } from '../schema/read-type';
import type { ShapeReader } from '../schema/shape';
import type { TypeRef } from '../schema/type-ref';
import type { Class } from '../schema/type-token';
import { requireNamespace, requireToken } from '../values/target';
import { parseVersion } from '../values/version';
import { compileArguments } from './compile-arguments';
import { compileDeprecation } from './compile-deprecation';
import { DtoCompiler } from './compile-dtos';
import { compileErrors, compileExpected, type DeclaringMethod } from './compile-errors';
import type { Contract, MethodContract } from './contract';
import { ContractScope } from './contract-scope';
import { contradictionIn } from './contradictions';
import { compileFormerNames, firstMinor } from './former-names';

const STABILITIES: readonly Stability[] = ['experimental', 'beta', 'stable'];

/** Names that every object has, or that JavaScript treats specially: a remote method of such a name could not be told apart. */
const NOT_METHOD_NAMES = new Set([...Object.getOwnPropertyNames(Object.prototype), 'then', 'toJSON', 'prototype']);

/**
 * Compiles the contract of a decorated class.
 *
 * @throws RpcError `invalid_contract`, `invalid_version` or `invalid_target`: a mistake in one sentence, or a list of all mistakes.
 */
export function compileContract(type: Class, shapes: ShapeReader): Contract {
  return new ContractCompiler(type, shapes).compile();
}

class ContractCompiler {
  private readonly options: EndpointOptions;
  private readonly name: string;
  private readonly scope: ContractScope;
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
    if (readClass(type)!.isNamed !== true && isUnstable(type.name)) {
      const line = "@Endpoint({ name: 'Ports', … })";
      throw new RpcError('invalid_contract', `endpoint class ${quote(type.name)} has ${UNSTABLE}: write its name, as ${line}`);
    }
    this.options = options;
    this.name = requireToken(options.name ?? type.name, `name of endpoint class ${type.name}`);
    this.scope = new ContractScope(this.name, parseVersion(options.version ?? '1.0', `version of ${this.name}`));
    this.codec = options.codec ?? 'json';
    this.dtos = new DtoCompiler(shapes, this.codec, this.scope);
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
      throw this.scope.mistake('', `has codec ${quote(this.codec)}; a codec is one of ${CODEC_NAMES.map(quote).join(', ')}`);
    }
    const { mistakes } = this.scope;
    for (const sentence of record.mistakes) mistakes.add(this.scope.mistake('', sentence));
    if (record.methods.size + record.mistakes.length === 0)
      mistakes.add(this.scope.mistake('', 'has no method: decorate one with @RpcMethod()'));
    const methods = new Map<string, MethodContract>();
    for (const [name, method] of record.methods) {
      const compiled = mistakes.attempt(() => this.method(name, method));
      if (compiled !== undefined) methods.set(name, compiled);
    }
    mistakes.requireNone(this.name);
    return {
      type: this.type,
      name: this.name,
      version: this.scope.version,
      target,
      legacyNamespaces: legacyNamespaces.map((legacy) => requireNamespace(legacy, `legacyNamespaces of ${this.name}`)),
      codec: this.codec,
      ...this.unknownArgs(),
      ...this.stability(),
      description,
      methods,
      dtos: this.dtos.compiled(),
    };
  }

  private method(name: string, record: MethodRecord): MethodContract {
    requireToken(name, `method name in ${this.name}`);
    if (NOT_METHOD_NAMES.has(name)) {
      throw this.scope.mistake(`.${name}`, `cannot be a remote method: every JavaScript object has its own ${quote(name)}`);
    }
    const options = record.options;
    if (options === undefined) {
      const marks = record.deprecated === undefined ? 'a decorator on a parameter' : '@Deprecated';
      throw this.scope.mistake(`.${name}`, `has ${marks} but no @RpcMethod()`);
    }
    const { since: mark = `${this.scope.version.major}.0` } = options;
    const since = this.scope.minorIn(mark, `.${name}`);
    const contradiction = contradictionIn(options);
    if (contradiction !== undefined) throw this.scope.mistake(`.${name}`, contradiction);
    const aliases = this.aliases(name, options, since);
    const first = firstMinor({ since, ...aliases });
    const { scope, dtos, codec } = this;
    const prototype = this.type.prototype as object;
    const statesTypes = readClass(this.type)!.statesTypes === true;
    const args = compileArguments({ scope, dtos, codec, prototype, name, record, statesTypes, since: first });
    const declaring = this.declaring(name, first);
    const { deprecated } = compileDeprecation(record.deprecated, scope, `.${name}`);
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
      minorOf: (version) => this.scope.minorIn(version, `.${name} (alias)`),
      format: (minor) => this.scope.format(minor),
      requireName: (alias) => requireToken(alias as string, `alias of ${this.name}.${name}`),
    });
    if (typeof aliases === 'string') throw this.scope.mistake(`.${name}`, aliases);
    return aliases.length > 0 ? { aliases } : {};
  }

  private declaring(name: string, since: number): DeclaringMethod {
    const { scope, dtos, shapes } = this;
    return { scope, where: `.${name}`, since, dtos, shapes };
  }

  private returns(name: string, options: RpcMethodOptions): TypeRef | null | undefined {
    if (options.mode === 'cast' || options.mode === 'fanout' || options.returns === null) return null;
    if (options.returns === undefined) {
      if ('returns' in options) throw this.scope.mistake(`.${name}`, `declares returns, but ${CIRCULAR}`);
      return undefined;
    }
    const type = carriedType(typeRefOf(options.returns, 'output'), this.codec);
    if (type.kind === 'unknown') throw this.scope.mistake(`.${name}`, `declares returns, but ${type.why}`);
    this.dtos.add(type, `result of ${this.name}.${name}`, 'out');
    return type;
  }

  private unknownArgs(): Pick<Contract, 'unknownArgs'> {
    const { unknownArgs = 'reject' } = this.options;
    if (unknownArgs === 'ignore') return { unknownArgs };
    if (unknownArgs === 'reject') return {};
    throw this.scope.mistake('', `has unknownArgs ${quote(unknownArgs)}; it is "reject" or "ignore"`);
  }

  private stability(): Pick<Contract, 'stability'> {
    const { stability = 'stable' } = this.options;
    if (!STABILITIES.includes(stability)) {
      throw this.scope.mistake(
        '',
        `has stability ${quote(stability)}; a stability is one of ${STABILITIES.map(quote).join(', ')}`,
      );
    }
    return stability === 'stable' ? {} : { stability };
  }
}
