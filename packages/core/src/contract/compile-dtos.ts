/** Compiles the DTO classes that a contract reaches, and refuses those that could not be checked or would break older callers. */
import { type ClassRecord, readClass } from '../decorators/class-metadata';
import { isUnstable, nameOf, statedName, UNSTABLE } from '../decorators/class-names';
import type { MarkedVersion } from '../decorators/decorator-options';
import { quote } from '../errors/quote';
import { RpcError } from '../errors/rpc-error';
import { type CodecName, carriedType } from '../schema/codec-names';
import type { FieldShape, ShapeReader } from '../schema/shape';
import { classesIn, type TypeRef, UNCHECKED, type UnknownType, unionIn } from '../schema/type-ref';
import type { Class } from '../schema/type-token';
import { compileDeprecation } from './compile-deprecation';
import { compileHistory } from './compile-history';
import type { BackportContract, DtoContract, FieldContract, ValueHistory } from './contract';
import type { ContractScope } from './contract-scope';

/** `in`: callers send it, so it must be checkable. `out`: servers send it. `error`: servers send it, and callers check it. */
export type Direction = 'in' | 'out' | 'error';

/** The peers that do not send late fields, by the direction that is checked. */
const SENDERS = { in: 'callers', error: 'servers' };

/** A type that a contract uses, for mistakes in it. */
interface DtoUse {
  readonly where: string;
  readonly direction: Direction;
}

/** Compiles DTO contracts, each class once, as types of arguments, results and errors are added. */
export class DtoCompiler {
  private readonly dtos = new Map<Class, DtoContract>();
  /** Classes that were found to be checkable, with the lowest `since` of the arguments and errors that reach them. */
  private readonly judged = new Map<Class, number>();
  /** Classes with a mistake. */
  private readonly broken = new Set<Class>();

  constructor(
    private readonly shapes: ShapeReader,
    private readonly codec: CodecName,
    private readonly scope: ContractScope,
  ) {}

  /** Adds the classes that a type reaches. `since`: the minor from which it is sent. */
  add(type: TypeRef, where: string, direction: Direction, since = 0): void {
    for (const dtoClass of classesIn(type)) this.addClass(dtoClass, { where, direction }, since);
  }

  private addClass(dtoClass: Class, use: DtoUse, since: number): void {
    const { where, direction } = use;
    const isNew = !this.dtos.has(dtoClass);
    const dto = this.dtos.get(dtoClass) ?? this.attempt(dtoClass, () => this.compile(dtoClass, use));
    if (dto === undefined) return;
    const judgedAt = this.judged.get(dtoClass) ?? Number.POSITIVE_INFINITY;
    const judge = direction !== 'out' && since < judgedAt;
    if (judge) {
      this.judged.set(dtoClass, since);
      if (!this.broken.has(dtoClass))
        this.attempt(dtoClass, () => requireCheckable(dto, { where, since, senders: SENDERS[direction] }));
    }
    if (!isNew && !judge) return;
    for (const field of dto.fields) this.add(field.type, `${dto.name}.${field.name}`, direction, Math.max(since, field.since));
  }

  /** Runs a part of the check of a class. A class with a mistake has one empty contract, so that no mistake follows from another. */
  private attempt<T>(type: Class, part: () => T): T | undefined {
    try {
      return part();
    } catch (thrown) {
      this.scope.mistakes.add(thrown);
      this.broken.add(type);
      if (!this.dtos.has(type)) this.dtos.set(type, { name: nameOf(type), fields: [] });
      return undefined;
    }
  }

  compiled(): ReadonlyMap<Class, DtoContract> {
    return this.dtos;
  }

  private compile(type: Class, use: DtoUse): DtoContract {
    const name = nameOf(type);
    const record = readClass(type);
    for (const sentence of record?.mistakes ?? []) {
      this.scope.mistakes.add(mistake(`${name} ${sentence}`));
      this.broken.add(type);
    }
    if (statedName(type) === undefined && (name === '' || isUnstable(name))) {
      throw mistake(`DTO class ${quote(name)} (${use.where}) has ${UNSTABLE}: write its name, as @Dto({ name: 'Port' })`);
    }
    if ([...this.dtos.values()].some((other) => other.name === name)) {
      throw mistake(`two DTO classes are called ${name} (the second is the ${use.where}): rename one`);
    }
    const shape = this.shapes.shapeOf(type) ?? [];
    requireDeclared(type, shape, record);
    const fields = shape.flatMap((field) => this.attempt(type, () => this.field(type, field, record, use)) ?? []);
    const dto = { name, fields, ...this.backports(type, record?.backports) };
    this.dtos.set(type, dto);
    return dto;
  }

  private field(type: Class, field: FieldShape, record: ClassRecord | undefined, { where, direction }: DtoUse): FieldContract {
    const { name, optional, keywords } = field;
    const { scope } = this;
    const label = `${nameOf(type)}.${name}`;
    const place = `: ${label}`;
    const fieldType = carriedType(field.type, this.codec);
    const isNotCarried = fieldType.kind === 'unknown' && field.type.kind !== 'unknown' && direction === 'out';
    if (fieldType.kind === 'unknown' && (isNotCarried || fieldType.isSchema)) {
      throw mistake(`${label} (${where}) has no known type: ${fieldType.why}`);
    }
    if (fieldType.kind === 'unknown' && direction !== 'out') {
      if (record?.stated.has(name))
        throw mistake(`${label} (${where}) has no known type: ${fieldType.why}. Write @Field({ type: … })`);
      throw mistake(
        `${label} (${where}) has no known type: ${fieldType.why}. For a nested DTO write @ValidateNested() and @Type(() => Item) of class-transformer; for a list of plain values a validator with { each: true }`,
      );
    }
    // a mapped type can repeat a field with marks of its own
    const copied = field.marksOf === undefined ? undefined : readClass(field.marksOf);
    const mark = record?.fields.get(name) ?? copied?.fields.get(name);
    const since = mark === undefined ? 0 : scope.minorOf(mark.version, place);
    const history = compileHistory(record?.history.get(name) ?? copied?.history.get(name) ?? [], {
      scope,
      where: place,
      label,
      since,
      optional,
      keywords,
      type: fieldType,
      listing: '@IsEnum or @IsIn',
      option: '@IsOptional()',
    });
    this.requireFallbacksFit(fieldType, history, label);
    return {
      name,
      since,
      optional,
      droppable: mark?.droppable === true,
      type: fieldType.kind === 'unknown' ? UNCHECKED : fieldType,
      keywords,
      ...compileDeprecation(record?.deprecations.get(name) ?? copied?.deprecations.get(name), scope, place, label),
      ...history,
    };
  }

  /** Requires that a value of a late member has the fields that callers of its fallback rely on. */
  private requireFallbacksFit(type: TypeRef | UnknownType, { lateValues = [] }: ValueHistory, label: string): void {
    const members = type.kind === 'unknown' ? [] : (unionIn(type)?.members ?? []);
    const requiredOf = (tag: unknown) => {
      const member = members.find(({ name }) => name === tag);
      const fields = (member && this.shapes.shapeOf(member.type)) ?? [];
      return fields.filter(({ optional }) => !optional).map(({ name }) => name);
    };
    for (const { value, fallback } of lateValues) {
      const own = new Set(requiredOf(value));
      const lacking = fallback === undefined ? undefined : requiredOf(fallback).find((field) => !own.has(field));
      if (lacking === undefined) continue;
      throw mistake(
        `${label} has the fallback ${quote(fallback)} for ${quote(value)}, whose class has no required field ${lacking}: older callers rely on it; extend the class of ${quote(fallback)}, or choose another fallback`,
      );
    }
  }

  private backports(type: Class, marks: ReadonlyMap<string, MarkedVersion> = new Map()): Pick<DtoContract, 'backports'> {
    const backports = [...marks].map(([name, version]): BackportContract => {
      const upTo = this.scope.minorOf(version, `: ${nameOf(type)}.${name}`);
      return { upTo, convert: (value) => (type as unknown as Record<string, (value: unknown) => unknown>)[name]!(value) };
    });
    return backports.length === 0 ? {} : { backports: backports.sort((a, b) => b.upTo - a.upTo) };
  }
}

/** Requires that every field with a mark also has a validator. */
function requireDeclared(type: Class, shape: readonly FieldShape[], record: ClassRecord | undefined): void {
  if (record === undefined) return;
  const { fields, history, deprecations } = record;
  const names = new Set(shape.map(({ name }) => name));
  const undeclared = [...fields.keys(), ...history.keys(), ...deprecations.keys()].find((name) => !names.has(name));
  if (undeclared === undefined) return;
  const decorator = fields.has(undeclared) ? '@Since' : (history.get(undeclared)?.[0]?.decorator ?? '@Deprecated');
  throw mistake(
    `${nameOf(type)}.${undeclared} has ${decorator} and no class-validator decorator, so it would be removed as an unknown property: add, for example, @IsOptional() @IsString()`,
  );
}

/** The peers that send a DTO, and the minor from which they send it. */
interface Sending {
  readonly where: string;
  readonly since: number;
  readonly senders: string;
}

function requireCheckable({ name, fields }: DtoContract, { where, since, senders }: Sending): void {
  if (fields.length === 0) {
    throw mistake(
      `${name} (${where}) has no field with a class-validator decorator, so it could not be checked: decorate its fields, or write @Arg({ unchecked: true })`,
    );
  }
  const late = fields.find((field) => field.since > since && !field.optional);
  if (late === undefined) return;
  throw mistake(
    `${name}.${late.name} was added in minor ${late.since} and is required: ${senders} of an older version (${where}, minor ${since}) do not send it; add @IsOptional()`,
  );
}

function mistake(sentence: string): RpcError {
  return new RpcError('invalid_contract', sentence);
}
