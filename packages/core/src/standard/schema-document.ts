/** Turns the JSON Schema of a library into the profile of JSON Schema that contract files have, or names the part that the profile lacks. */
import { quote } from '../errors/quote';

/** A JSON Schema: values by keyword. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A part of a schema that contract files cannot state. The message is the end of a sentence about the schema. */
export class NotStatable extends Error {}

/** The direction of values: for outputs, defaults are left out, and so is the refusal of undeclared properties. */
export type DocumentDirection = 'input' | 'output';

/** The most parts of one schema, references written out. */
const MOST_PARTS = 4_096;

const TYPES = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'];
const isText = (value: unknown) => typeof value === 'string';
const isNumber = (value: unknown) => Number.isFinite(value);
const isCount = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
const isScalar = (value: unknown) => value === null || isText(value) || isNumber(value) || typeof value === 'boolean';
const isType = (value: unknown) => TYPES.includes(value as string);

/** The keywords that are copied, in the order in which they are written, with the test of their values. */
const COPIED: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => isType(value) || (Array.isArray(value) && value.length > 0 && value.every(isType)),
  title: isText,
  description: isText,
  default: (value) => value !== undefined,
  enum: (value) => Array.isArray(value) && value.every(isScalar),
  const: isScalar,
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  multipleOf: isNumber,
  minLength: isCount,
  maxLength: isCount,
  pattern: isText,
  format: (value) => isText(value) && /^[A-Za-z_][\w.-]{0,63}$/.test(value as string),
  minItems: isCount,
  maxItems: isCount,
  uniqueItems: (value) => typeof value === 'boolean',
  minProperties: isCount,
  maxProperties: isCount,
};

/** Keywords that say nothing about which values are accepted, and that contract files do not have. */
const ANNOTATIONS = ['$schema', '$id', '$comment', '$defs', 'examples', 'readOnly', 'writeOnly', 'deprecated'];
const ENCODINGS = ['contentEncoding', 'contentMediaType', 'contentSchema'];

/** Keywords whose values are schemas. */
const NESTING = ['$ref', 'properties', 'required', 'additionalProperties', 'propertyNames', 'items', 'anyOf', 'oneOf'];
const KNOWN = new Set([...Object.keys(COPIED), ...ANNOTATIONS, ...ENCODINGS, ...NESTING]);
/** Keywords by which a schema restricts its values. */
const RESTRICTING = ['type', 'enum', 'const', 'anyOf'];
const PROPERTY = /^(?!__proto__$)[^\p{C}\p{Zl}\p{Zp}]{1,256}$/u;

/**
 * Returns a JSON Schema in the profile of contract files. Keywords and properties are written in one order.
 *
 * @throws NotStatable with the path and the keyword that contract files do not have
 */
export function documentOf(root: unknown, direction: DocumentDirection): JsonSchema {
  return new DocumentWriter(root, direction).write(root, '');
}

class DocumentWriter {
  private parts = 0;
  /** The references that are being written out. */
  private readonly open: string[] = [];

  constructor(
    private readonly root: unknown,
    private readonly direction: DocumentDirection,
  ) {}

  write(node: unknown, at: string): JsonSchema {
    if (++this.parts > MOST_PARTS) throw new NotStatable(`has more than ${MOST_PARTS} parts`);
    if (!isRecord(node))
      throw new NotStatable(`has ${quote(node)}${placeOf(at)}, which is not a schema that contract files have`);
    const unknown = Object.keys(node).find((keyword) => !KNOWN.has(keyword) && node[keyword] !== undefined);
    if (unknown !== undefined) throw lacking(unknown, at);
    const own = { ...this.copied(node, at), ...this.ofObject(node, at), ...this.ofItems(node, at), ...this.ofUnion(node, at) };
    const written = '$ref' in node ? this.joined(own, this.referred(node.$ref, at), at) : own;
    if (RESTRICTING.some((keyword) => keyword in written)) return written;
    throw new NotStatable(`accepts any value${placeOf(at)} as far as its JSON Schema says: state a type that JSON Schema has`);
  }

  private copied(node: JsonSchema, at: string): JsonSchema {
    const copied: Record<string, unknown> = {};
    for (const [keyword, isSound] of Object.entries(COPIED)) {
      const value = node[keyword];
      if (value === undefined || (keyword === 'default' && this.direction === 'output')) continue;
      if (!isSound(value))
        throw new NotStatable(`has ${keyword} ${quote(value)}${placeOf(at)}, which contract files do not have`);
      copied[keyword] = value;
    }
    return copied;
  }

  private ofObject(node: JsonSchema, at: string): JsonSchema {
    const { properties, required, additionalProperties: rest, propertyNames: names } = withListedKeys(node);
    if (names !== undefined && !isTextOnly(names)) throw lacking('propertyNames', at);
    const written = Object.keys(isRecord(properties) ? properties : {}).sort();
    for (const name of written) {
      if (!PROPERTY.test(name))
        throw new NotStatable(`has the property ${quote(name)}${placeOf(at)}, a name that contract files do not have`);
    }
    const fields = written.map((name) => [name, this.write((properties as JsonSchema)[name], `${at}.${name}`)] as const);
    return {
      ...(properties !== undefined && { properties: Object.fromEntries(fields) }),
      ...(Array.isArray(required) && required.length > 0 && { required: [...(required as string[])].sort() }),
      ...(rest !== undefined && this.ofRest(rest, at)),
    };
  }

  /** Writes the schema of undeclared properties. An empty schema accepts every value. */
  private ofRest(rest: unknown, at: string): JsonSchema {
    if (rest === false) return this.direction === 'output' ? {} : { additionalProperties: false };
    const isOpen = rest === true || (isRecord(rest) && Object.keys(rest).every((keyword) => ANNOTATIONS.includes(keyword)));
    return { additionalProperties: isOpen || this.write(rest, `${at}.*`) };
  }

  private ofItems({ type, items }: JsonSchema, at: string): JsonSchema {
    const isArray = type === 'array' || (Array.isArray(type) && type.includes('array'));
    return isArray || items !== undefined ? { items: this.write(items ?? {}, `${at}[]`) } : {};
  }

  /** Writes a union. `oneOf` is a union whose members exclude each other, which a contract file says by a property with one value. */
  private ofUnion({ anyOf, oneOf }: JsonSchema, at: string): JsonSchema {
    if (anyOf === undefined && oneOf === undefined) return {};
    const given = (oneOf ?? anyOf) as readonly unknown[];
    if (!Array.isArray(given) || given.length === 0 || (anyOf !== undefined && oneOf !== undefined)) throw lacking('oneOf', at);
    const members = inOrder(given.flatMap((member) => membersIn(this.write(member, at))));
    const property = discriminatorOf(members.filter(({ type }) => type !== 'null'));
    if (oneOf !== undefined && property === undefined && !areTold(members)) throw lacking('oneOf', at);
    return { anyOf: members, ...(property !== undefined && { 'x-discriminator': property }) };
  }

  private referred(reference: unknown, at: string): JsonSchema {
    if (reference === '#' || this.open.includes(reference as string)) {
      throw new NotStatable(
        `contains itself${placeOf(at)} (the keyword "$ref"): write a DTO class for a type that contains itself`,
      );
    }
    if (typeof reference !== 'string' || !reference.startsWith('#/$defs/')) throw lacking('$ref', at);
    const path = reference.slice(2).split('/');
    const keys = path.map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'));
    const target = keys.reduce<unknown>(
      (node, key) => (isRecord(node) && Object.hasOwn(node, key) ? node[key] : undefined),
      this.root,
    );
    this.open.push(reference);
    const written = this.write(target, at);
    this.open.pop();
    return written;
  }

  /** Joins the keywords beside a reference with its type. Texts and the default beside it come first; any other keyword must be on one side. */
  private joined(own: JsonSchema, referred: JsonSchema, at: string): JsonSchema {
    const both = Object.keys(own).find(
      (keyword) => keyword in referred && !['title', 'description', 'default'].includes(keyword),
    );
    if (both !== undefined) throw lacking('$ref', at);
    return { ...referred, ...own };
  }
}

/** Returns the JSON types of a schema's values; an empty list if they are not known. */
export function jsonTypesOf({ type, enum: listed, anyOf, ...rest }: JsonSchema): readonly string[] {
  if (Array.isArray(anyOf)) return [...new Set(anyOf.flatMap((member: JsonSchema) => jsonTypesOf(member)))];
  if (type !== undefined) return [type].flat() as string[];
  const values = 'const' in rest ? [rest.const] : ((listed ?? []) as readonly unknown[]);
  return [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))];
}

/** Returns the members of a union that stands in a union; else the schema itself. */
function membersIn(schema: JsonSchema): readonly JsonSchema[] {
  const isUnion = Object.keys(schema).every((keyword) => keyword === 'anyOf' || keyword === 'x-discriminator');
  return isUnion ? (schema.anyOf as readonly JsonSchema[]) : [schema];
}

/** Returns members in the order of their texts, because libraries order them in ways of their own. Null is the last. */
function inOrder(members: readonly JsonSchema[]): readonly JsonSchema[] {
  const keyOf = (member: JsonSchema) => `${member.type === 'null' ? 1 : 0}${JSON.stringify(member)}`;
  return [...members].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** Returns the required property that has another text in each member; `undefined` if there is none. */
function discriminatorOf(members: readonly JsonSchema[]): string | undefined {
  const [first, ...others] = members;
  if (others.length === 0 || !members.every((member) => isRecord(member.properties))) return undefined;
  const tagIn = (member: JsonSchema, name: string): unknown => {
    const isRequired = Array.isArray(member.required) && member.required.includes(name);
    return isRequired ? ((member.properties as JsonSchema)[name] as JsonSchema | undefined)?.const : undefined;
  };
  return Object.keys(first!.properties as object).find((name) => {
    const tags = members.map((member) => tagIn(member, name));
    return tags.every(isText) && new Set(tags).size === tags.length;
  });
}

/** Returns whether no two members have a JSON type in common. */
function areTold(members: readonly JsonSchema[]): boolean {
  const types = members.flatMap((member) => jsonTypesOf(member).map((type) => (type === 'integer' ? 'number' : type)));
  return members.every((member) => jsonTypesOf(member).length > 0) && new Set(types).size === types.length;
}

/** Returns a dictionary whose keys are listed as an object with these properties and no other: it accepts the same values. */
function withListedKeys(node: JsonSchema): JsonSchema {
  const { propertyNames: names, properties, additionalProperties: rest } = node;
  if (!isRecord(names) || !Array.isArray(names.enum) || !names.enum.every(isText) || properties !== undefined) return node;
  const { enum: keys, ...others } = names;
  if (!isTextOnly(others) || !isRecord(rest)) return node;
  const fields = Object.fromEntries((keys as string[]).map((key) => [key, rest]));
  return { ...node, properties: fields, additionalProperties: false, propertyNames: undefined };
}

/** Returns whether a schema of property names says only that they are texts. */
function isTextOnly(names: unknown): boolean {
  return isRecord(names) && Object.entries(names).every(([key, value]) => key === 'type' && value === 'string');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function lacking(keyword: string, at: string): NotStatable {
  return new NotStatable(`has the keyword ${quote(keyword)}${placeOf(at)}, which contract files do not have`);
}

function placeOf(at: string): string {
  return at === '' ? '' : ` at ${at.replace(/^\./, '')}`;
}
