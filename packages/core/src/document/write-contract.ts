/** Writes contracts as documents, for contract files and for the system method `describe` (format 1, docs/contract.schema.json). */

import type {
  ArgContract,
  Contract,
  Deprecation,
  DtoContract,
  ErrorContract,
  LateValue,
  MethodContract,
  ValueHistory,
} from '../contract/contract';
import { firstMinor } from '../contract/former-names';
import { UNCHECKED } from '../schema/type-ref';
import { formatVersion } from '../values/version';
import type {
  ArgDocument,
  ContractDocument,
  DeprecationDocument,
  EndpointDocument,
  ErrorDocument,
  MethodDocument,
  SchemaDocument,
} from './contract-document';
import { merged, schemaOf } from './type-schema';

/** Returns the key of an interface in `endpoints`: its name and its major. */
export function endpointKey(contract: Contract): string {
  return `${contract.name}@${contract.version.major}`;
}

/** Writes contracts as one document. Keys are sorted, so that every compiler gives the same text for a contract. */
export function contractDocument(contracts: readonly Contract[]): ContractDocument {
  const endpoints: Record<string, EndpointDocument> = {};
  const types: Record<string, SchemaDocument> = {};
  for (const contract of contracts) {
    endpoints[endpointKey(contract)] = endpointDocument(contract);
    for (const dto of contract.dtos.values()) types[dto.name] = typeSchema(dto, contract.version.major);
  }
  return { contract: 1, endpoints: sorted(endpoints), types: sorted(types) };
}

function endpointDocument(contract: Contract): EndpointDocument {
  const methods: Record<string, MethodDocument> = {};
  for (const method of contract.methods.values()) methods[method.name] = methodDocument(method, contract.version.major);
  const { exchange, topic, namespace } = contract.target;
  return {
    version: formatVersion(contract.version),
    exchange,
    topic,
    ...(namespace !== null && { namespace }),
    ...(contract.codec !== 'json' && { codec: contract.codec }),
    ...(contract.unknownArgs !== undefined && { unknownArgs: contract.unknownArgs }),
    ...(contract.stability !== undefined && { stability: contract.stability }),
    ...(contract.description !== undefined && { description: contract.description }),
    methods: sorted(methods),
  };
}

function methodDocument(method: MethodContract, major: number): MethodDocument {
  return {
    mode: method.mode ?? 'any',
    since: formatVersion({ major, minor: method.since }),
    ...(method.description !== undefined && { description: method.description }),
    args: method.args.map((arg) => argDocument(arg, method, major)),
    returns: method.returns === null ? null : schemaOf(method.returns ?? UNCHECKED), // a result that is not declared can be any value
    ...(method.errors.length > 0 && { errors: errorDocuments(method, major) }),
    ...(method.idempotent && { idempotent: true }),
    ...(method.idempotencyWindow !== undefined && { idempotencyWindowMs: method.idempotencyWindow }),
    ...(method.timeout !== undefined && { timeoutMs: method.timeout }),
    ...deprecationDocument(method, major),
    ...aliasesDocument(method, major),
  };
}

function deprecationDocument(
  { deprecated }: { readonly deprecated?: Deprecation },
  major: number,
): { deprecated?: DeprecationDocument } {
  return deprecated === undefined
    ? {}
    : { deprecated: { ...deprecated, since: formatVersion({ major, minor: deprecated.since }) } };
}

function aliasesDocument({ aliases }: MethodContract, major: number): Pick<MethodDocument, 'aliases' | 'aliasSince'> {
  if (aliases === undefined) return {};
  const late = aliases.filter(({ since }) => since > 0).map(({ name, since }) => [name, formatVersion({ major, minor: since })]);
  return {
    aliases: aliases.map(({ name }) => name),
    ...(late.length > 0 && { aliasSince: sorted<string>(Object.fromEntries(late)) }),
  };
}

function argDocument(arg: ArgContract, method: MethodContract, major: number): ArgDocument {
  return {
    name: arg.name,
    ...(arg.since > firstMinor(method) && { since: formatVersion({ major, minor: arg.since }) }),
    ...(arg.optional && { required: false }),
    ...(arg.droppable && { droppable: true }),
    ...deprecationDocument(arg, major),
    ...(arg.requiredBefore !== undefined && {
      was: [{ before: formatVersion({ major, minor: arg.requiredBefore }), required: true }],
    }),
    schema: withChanges(merged(schemaOf(arg.type), arg.keywords ?? {}), { lateValues: arg.lateValues, was: arg.was }, major),
  };
}

function errorDocuments(method: MethodContract, major: number): Record<string, ErrorDocument> {
  const { errors } = method;
  const since = firstMinor(method);
  const document = (error: ErrorContract): ErrorDocument => ({
    ...(error.since > since && { since: formatVersion({ major, minor: error.since }) }),
    retryable: error.retryable,
    ...(error.data !== undefined && { data: schemaOf({ kind: 'class', type: error.data }) }),
  });
  return sorted(Object.fromEntries(errors.map((error) => [error.name, document(error)])));
}

function typeSchema(dto: DtoContract, major: number): SchemaDocument {
  const properties: Record<string, SchemaDocument> = {};
  for (const field of dto.fields) {
    const since = field.since > 0 && { 'x-since': formatVersion({ major, minor: field.since }) };
    const droppable = field.droppable && { 'x-droppable': true };
    properties[field.name] = {
      ...withChanges(merged(schemaOf(field.type), field.keywords), field, major),
      ...since,
      ...droppable,
      ...deprecationDocument(field, major),
    };
  }
  const required = dto.fields.filter((field) => !field.optional).map((field) => field.name);
  return { type: 'object', properties: sorted(properties), ...(required.length > 0 && { required: required.sort() }) };
}

/** Adds the history of a value to its schema: late values, earlier limits, and the end of being required. */
function withChanges(
  own: SchemaDocument,
  { lateValues, was = [], requiredBefore = 0 }: ValueHistory,
  major: number,
): SchemaDocument {
  const version = (minor: number) => formatVersion({ major, minor });
  const schema = lateValues === undefined ? own : withLateValues(own, lateValues, version);
  const minors = new Set([requiredBefore, ...was.map(({ before }) => before)]);
  let then = schema;
  const history = [...minors]
    .filter((minor) => minor > 0)
    .sort((a, b) => b - a)
    .map((minor) => {
      const changed = was.filter(({ before }) => before === minor);
      for (const { limits } of changed) then = merged(then, limits); // limits that were narrower later were narrower before, too
      return {
        before: version(minor),
        ...(minor === requiredBefore && { required: true }),
        ...(changed.length > 0 && { schema: then }),
      };
    });
  return history.length === 0 ? schema : { ...schema, 'x-was': history };
}

function withLateValues(
  schema: SchemaDocument,
  lateValues: readonly LateValue[],
  version: (minor: number) => string,
): SchemaDocument {
  if (schema.enum === undefined && schema.anyOf === undefined) {
    return { ...schema, items: withLateValues(schema.items as SchemaDocument, lateValues, version) };
  }
  const key = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const fallbacks = lateValues.filter(({ fallback }) => fallback !== undefined);
  return {
    ...schema,
    ...(schema.anyOf === undefined
      ? { 'x-enum-since': sorted(Object.fromEntries(lateValues.map(({ value, since }) => [key(value), version(since)]))) }
      : { anyOf: schema.anyOf.map((member) => lateMember(member, schema['x-discriminator']!, lateValues, version)) }),
    ...(fallbacks.length > 0 && {
      'x-enum-fallback': sorted(Object.fromEntries(fallbacks.map(({ value, fallback }) => [key(value), fallback]))),
    }),
  };
}

/** Adds the version of a late member of a union. */
function lateMember(
  member: SchemaDocument,
  property: string,
  lateValues: readonly LateValue[],
  version: (minor: number) => string,
): SchemaDocument {
  const late = lateValues.find(({ value }) => value === member.properties?.[property]?.const);
  return late === undefined ? member : { ...member, 'x-since': version(late.since) };
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}
