/** Collects the DTO classes that a contract reaches, and refuses those that could not be checked or would break older callers. */

import { type BackportMark, readClass, type SinceMark } from '../decorators/class-metadata';
import { RpcError } from '../errors/rpc-error';
import { type CodecName, carriedType } from '../schema/codec-names';
import type { ShapeReader } from '../schema/shape';
import { type Class, classIn, type TypeRef, UNCHECKED } from '../schema/type-ref';
import { compileChanges } from './compile-changes';
import { compileDeprecation } from './compile-deprecation';
import type { BackportContract, DtoContract, FieldContract } from './contract';

/** `in`: callers send it, so it must be checkable. `out`: servers send it. `error`: servers send it, and callers check it. */
export type Direction = 'in' | 'out' | 'error';

/** Who does not send what came later, where it is checked. */
const SENDERS = { in: 'callers', error: 'servers' };

/** The minor of a `since` mark on a member, or an error naming the member. */
type MinorOf = (mark: SinceMark, where: string) => number;

/** Gathers DTO contracts, each class once, as types of arguments and results are added. */
export class DtoCompiler {
  private readonly dtos = new Map<Class, DtoContract>();
  /** Classes already judged as checkable, with the lowest `since` of the arguments or errors that reach them. */
  private readonly judged = new Map<Class, number>();

  constructor(
    private readonly shapes: ShapeReader,
    private readonly codec: CodecName,
    private readonly minorOf: MinorOf,
  ) {}

  /** Adds what a type reaches. `since`: the minor from which it is sent. */
  add(type: TypeRef, where: string, direction: Direction, since = 0): void {
    const dtoClass = classIn(type);
    if (dtoClass === undefined) return;
    const isNew = !this.dtos.has(dtoClass);
    const dto = this.dtos.get(dtoClass) ?? this.compile(dtoClass, where, direction);
    const judgedAt = this.judged.get(dtoClass) ?? Number.POSITIVE_INFINITY;
    const judge = direction !== 'out' && since < judgedAt;
    if (judge) {
      this.judged.set(dtoClass, since);
      requireCheckable(dto, dtoClass, where, since, SENDERS[direction]);
    }
    if (!isNew && !judge) return;
    for (const field of dto.fields) this.add(field.type, `${dto.name}.${field.name}`, direction, Math.max(since, field.since));
  }

  compiled(): ReadonlyMap<Class, DtoContract> {
    return this.dtos;
  }

  private compile(type: Class, where: string, direction: Direction): DtoContract {
    for (const other of this.dtos.values()) {
      if (other.name === type.name) {
        throw new RpcError(
          'invalid_contract',
          `two DTO classes are called ${type.name} (the second is the ${where}): rename one`,
        );
      }
    }
    const shape = this.shapes.shapeOf(type) ?? [];
    const record = readClass(type);
    if (record !== undefined && record.mistakes.length > 0) {
      throw new RpcError('invalid_contract', `${type.name}: ${record.mistakes[0]}`);
    }
    const marks = new Map(record?.fields);
    const changes = new Map(record?.changes);
    const deprecations = new Map(record?.deprecations);
    const fields = shape.map((field): FieldContract => {
      const mark = take(marks, field.name);
      const fieldType = carriedType(field.type, this.codec);
      if (fieldType.kind === 'unknown' && direction !== 'out') {
        throw new RpcError(
          'invalid_contract',
          `${type.name}.${field.name} (${where}) has no known type: ${fieldType.why}. For a nested DTO write @ValidateNested() and @Type(() => Item) of class-transformer; for a list of plain values a validator with { each: true }`,
        );
      }
      const since = mark === undefined ? 0 : this.minorOf(mark, `: ${type.name}.${field.name}`);
      return {
        name: field.name,
        since,
        optional: field.optional,
        droppable: mark?.droppable === true,
        type: fieldType.kind === 'unknown' ? UNCHECKED : fieldType,
        keywords: field.keywords,
        ...compileDeprecation(take(deprecations, field.name), {
          label: `${type.name}.${field.name}`,
          minorOf: (each) => this.minorOf(each, `: ${type.name}.${field.name} (deprecated)`),
        }),
        ...compileChanges({
          label: `${type.name}.${field.name}`,
          since,
          optional: field.optional,
          keywords: field.keywords,
          listing: '@IsEnum or @IsIn',
          option: '@IsOptional()',
          marks: take(changes, field.name) ?? [],
          minorOf: (each) => this.minorOf(each, `: ${type.name}.${field.name}`),
        }),
      };
    });
    const [undeclared] = [...marks.keys(), ...changes.keys(), ...deprecations.keys()];
    const mark = undeclared !== undefined && deprecations.has(undeclared) ? '@Deprecated' : '@Since';
    if (undeclared !== undefined) {
      throw new RpcError(
        'invalid_contract',
        `${type.name}.${undeclared} has ${mark} and no class-validator decorator, so it would be taken for an unknown property: add for instance @IsOptional() @IsString()`,
      );
    }
    const dto = { name: type.name, fields, ...this.backports(type, record?.backports) };
    this.dtos.set(type, dto);
    return dto;
  }

  private backports(type: Class, marks: ReadonlyMap<string, BackportMark> = new Map()): Pick<DtoContract, 'backports'> {
    const backports = [...marks].map(([name, version]): BackportContract => {
      const upTo = this.minorOf({ version }, `: ${type.name}.${name}`);
      return { upTo, convert: (value) => (type as unknown as Record<string, (value: unknown) => unknown>)[name]!(value) };
    });
    return backports.length === 0 ? {} : { backports: backports.sort((a, b) => b.upTo - a.upTo) };
  }
}

function take<T>(marks: Map<string, T>, field: string): T | undefined {
  const found = marks.get(field);
  marks.delete(field);
  return found;
}

function requireCheckable(dto: DtoContract, type: Class, where: string, since: number, senders: string): void {
  if (dto.fields.length === 0) {
    throw new RpcError(
      'invalid_contract',
      `${type.name} (${where}) has no field with a class-validator decorator, so nothing of it could be checked: decorate its fields, or say @Arg({ unchecked: true })`,
    );
  }
  for (const field of dto.fields) {
    if (field.since > since && !field.optional) {
      throw new RpcError(
        'invalid_contract',
        `${dto.name}.${field.name} came in minor ${field.since} and is required: ${senders} of an older version (${where}, minor ${since}) do not send it; add @IsOptional()`,
      );
    }
  }
}
