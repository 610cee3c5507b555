/** The decorators of contracts and DTOs that users write. They only record; `compile-contract` checks them at registration. */

import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import type { Class } from '../schema/type-token';
import { type ClassRecord, ownMethod, ownParameter, ownRecord } from './class-metadata';
import { stateName } from './class-names';
import type {
  ArgOptions,
  DtoOptions,
  EndpointOptions,
  FieldDefinition,
  FieldOptions,
  PartDefinition,
  RpcMethodOptions,
} from './decorator-options';
import { memberDecorator } from './member-decorator';
import { unknownOptions } from './refused-options';
import { isStandard, requireClass, type StandardContext } from './standard-decorators';
import { Since } from './version-decorators';

/** Marks a class as the contract of an interface on a topic. */
export function Endpoint(options: EndpointOptions) {
  return (type: Class, context?: Pick<ClassDecoratorContext, 'kind' | 'name'>): void => {
    requireClass(context, '@Endpoint');
    const record = ownRecord(type);
    if (isStandard(context)) record.statesTypes = true;
    record.mistakes.push(...unknownOptions('@Endpoint', options));
    if (Reflect.getOwnMetadata(ENDPOINT_SEEN, type) === true) record.mistakes.push('has @Endpoint twice');
    Reflect.defineMetadata(ENDPOINT_SEEN, true, type);
    record.endpoint = { name: type.name, ...options };
    record.isNamed = options.name !== undefined;
  };
}

/**
 * States the name of a DTO class, or of an error class, in contract files and on the wire, whatever a minifier makes of the class's
 * name. `fields` states its fields where no decorators stand before them.
 */
export function Dto(options: DtoOptions) {
  const { name, fields } = options;
  return (type: Class, context?: Pick<ClassDecoratorContext, 'kind' | 'name'>): void => {
    requireClass(context, '@Dto');
    const unknown = unknownOptions('@Dto', options);
    if (unknown.length > 0) ownRecord(type).mistakes.push(...unknown);
    if (fields !== undefined) recordFields(type, fields);
    if (typeof name === 'string' && DTO_NAME.test(name)) stateName(type, name);
    else ownRecord(type).mistakes.push(`has @Dto with the name ${quote(name)}; a name has 1 to 64 letters, digits or "_"`);
  };
}

function recordFields(type: Class, fields: Readonly<Record<string, FieldDefinition>>): void {
  const { mistakes } = ownRecord(type);
  if (!isObject(fields)) mistakes.push('has fields that are not an object, such as { id: { type: String } }');
  else {
    for (const [name, definition] of Object.entries(fields)) {
      if (!isObject(definition)) mistakes.push(`has the field ${name} in fields without its options, such as { type: String }`);
      else recordPart(definition, name, mistakes, { prototype: type.prototype as object, name });
    }
  }
}

/** Marks a method as part of the interface. Clients cannot call methods without this mark. */
export function RpcMethod(options: RpcMethodOptions = {}) {
  const decorate = memberDecorator('@RpcMethod', ({ record, prototype, name, index }) => {
    const value = ((index as PropertyDescriptor | undefined) ?? Object.getOwnPropertyDescriptor(prototype, name))?.value;
    if (typeof value !== 'function') {
      record.mistakes.push(`has @RpcMethod on ${name}, which is not a method`);
      return;
    }
    record.mistakes.push(...unknownOptions('@RpcMethod', options, ` on ${name}`));
    const own = Object.hasOwn(prototype, name) && seenMethods(prototype).has(name);
    if (own) record.mistakes.push(`has @RpcMethod twice on ${name}`);
    seenMethods(prototype).add(name);
    ownMethod(record, name).options = options;
    const { args = [] } = options;
    if (!Array.isArray(args) || !args.every((argument) => isObject(argument) && typeof argument.name === 'string')) {
      record.mistakes.push(
        `has args of ${name} that are not a list of arguments with names, such as [{ name: 'host', type: String }]`,
      );
      return;
    }
    for (const [index, argument] of args.entries()) {
      recordPart(argument, `argument ${index} of ${name}`, record.mistakes, { prototype, name, index });
    }
  });
  return (
    prototype: object,
    key: string | symbol | Pick<ClassMethodDecoratorContext, 'kind' | 'name'>,
    descriptor?: PropertyDescriptor,
  ): void => decorate(prototype, key, descriptor);
}

/** States the facts of a parameter that reflection cannot tell: its name and type, whether it is optional, its limits. */
export function Arg(options: ArgOptions) {
  const decorate = memberDecorator('@Arg', ({ record, name, index }) => {
    if (typeof index !== 'number') {
      record.mistakes.push(`has @Arg on ${name}, which is not a parameter`);
      return;
    }
    record.mistakes.push(...unknownOptions('@Arg', options, ` on argument ${index} of ${name}`));
    const parameter = ownParameter(ownMethod(record, name), index);
    parameter.arg = { ...parameter.arg, ...options };
  });
  return (prototype: object, key: string | symbol | undefined, index: number): void => {
    if (isStandard(key)) throw noParameter(key);
    decorate(prototype, key, index);
  };
}

/**
 * States the type of a field of a DTO, where neither the validators of the field nor reflection tell it: `@Field({ type:
 * recordOf(Number) })`. Servers check the type; validators of class-validator on the field run too.
 */
export function Field(options: FieldOptions = {}) {
  return memberDecorator('@Field', ({ record, name, index }) => {
    if (typeof index === 'number' || typeof index?.value === 'function') {
      record.mistakes.push(`has @Field on ${name}, which is not a field of a DTO: write @Arg or @RpcMethod`);
      return;
    }
    record.mistakes.push(...unknownOptions('@Field', options, ` on ${name}`));
    record.stated.set(name, { ...record.stated.get(name), ...options });
  });
}

/** Records an argument of `args` or a field of `fields`, by calling the decorators that would stand before it. */
function recordPart(
  definition: PartDefinition & FieldOptions,
  where: string,
  mistakes: ClassRecord['mistakes'],
  { prototype, name, index }: { readonly prototype: object; readonly name: string; readonly index?: number },
): void {
  const { since, droppable, decorators = [], ...options } = definition;
  if (index !== undefined) Arg(options)(prototype, name, index);
  else if (Object.values(options).some((option) => option !== undefined)) Field(options)(prototype, name);
  if (since !== undefined) Since(since, { droppable })(prototype, name, index);
  else if (droppable !== undefined)
    mistakes.push(`has droppable on ${where} without since: only a part that was added later can be dropped`);
  if (!Array.isArray(decorators) || !decorators.every((each) => typeof each === 'function')) {
    mistakes.push(`has decorators of ${where} that are not a list of decorators, such as [Deprecated('1.1')]`);
  } else for (const decorate of decorators) decorate(prototype, name, index);
}

const DTO_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
const ENDPOINT_SEEN = Symbol.for('concord:endpoint-seen');
const METHODS_SEEN = Symbol.for('concord:methods-seen');

/** Returns the methods that were decorated on this class itself: an override can be decorated again, the same method cannot. */
function seenMethods(prototype: object): Set<string> {
  const seen: Set<string> = Reflect.getOwnMetadata(METHODS_SEEN, prototype) ?? new Set();
  Reflect.defineMetadata(METHODS_SEEN, seen, prototype);
  return seen;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Returns the refusal of `@Arg` before anything else than a parameter, which standard decorators cannot stand before. */
function noParameter({ kind, name }: StandardContext): RpcError {
  const flags = '"experimentalDecorators" and "emitDecoratorMetadata" in the compilerOptions of tsconfig.json';
  return new RpcError(
    'invalid_contract',
    `@Arg was called as a standard decorator of the ${kind} ${String(name)}: standard decorators cannot stand before parameters; write @RpcMethod({ args: [{ name, type, … }] }), or set ${flags} to true`,
  );
}
