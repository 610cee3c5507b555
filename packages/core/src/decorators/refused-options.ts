/** Options that decorators refuse: those that no decorator has, and former ones of `@Since`. */
import { quote } from '../errors/quote';
import type { ArgDefinition, DtoOptions, EndpointOptions, FieldDefinition, RpcMethodOptions } from './decorator-options';

type Names<Options> = Readonly<Record<keyof Options, true>>;

const FIELD: Names<Omit<FieldDefinition, 'since' | 'droppable' | 'decorators'>> = {
  type: true,
  optional: true,
  enum: true,
  minimum: true,
  maximum: true,
  exclusiveMinimum: true,
  exclusiveMaximum: true,
  minLength: true,
  maxLength: true,
  minItems: true,
  maxItems: true,
  items: true,
};
const ARG: Names<Omit<ArgDefinition, 'since' | 'droppable' | 'decorators'>> = { name: true, ...FIELD, unchecked: true };
const METHOD: Names<RpcMethodOptions> = {
  since: true,
  mode: true,
  args: true,
  returns: true,
  errors: true,
  expected: true,
  idempotent: true,
  idempotencyWindow: true,
  timeout: true,
  aliases: true,
  unchecked: true,
  description: true,
};
const ENDPOINT: Names<EndpointOptions> = {
  name: true,
  topic: true,
  version: true,
  exchange: true,
  namespace: true,
  legacyNamespaces: true,
  codec: true,
  unknownArgs: true,
  stability: true,
  description: true,
};
const DTO: Names<DtoOptions> = { name: true, fields: true };

/** The names of the options of each decorator. TypeScript does not see a misspelt option of a definition whose type it infers. */
const OPTIONS = { '@Arg': ARG, '@Dto': DTO, '@Endpoint': ENDPOINT, '@Field': FIELD, '@RpcMethod': METHOD };

/** Returns the mistake of an option that its decorator does not have; an empty list if there is none. `where`: the part that it is for. */
export function unknownOptions(decorator: keyof typeof OPTIONS, options: object, where = ''): string[] {
  const unknown = Object.entries(options).find(
    ([name, value]) => value !== undefined && !Object.hasOwn(OPTIONS[decorator], name),
  );
  if (unknown === undefined) return [];
  const known = Object.keys(OPTIONS[decorator]).join(', ');
  return [`has the option ${quote(unknown[0])}${where}, which ${decorator} does not have: its options are ${known}`];
}

/** Former options of `@Since`. Each has its own decorator now. */
interface FormerOptions {
  readonly values?: readonly unknown[];
  readonly fallback?: unknown;
  readonly was?: Readonly<Record<string, unknown>>;
}

/** Returns the decorators to write instead of former options; `undefined` if the options hold none of those that `@Since` had. */
export function insteadOfSince(version: unknown, options: object): string | undefined {
  const { values, fallback, was } = options as FormerOptions;
  if (values === undefined && fallback === undefined && was === undefined) return undefined;
  const { required, ...limits } = was ?? {};
  const more = fallback === undefined ? '' : `, { fallback: ${literal(fallback)} }`;
  return [
    ...(values === undefined && more === '' ? [] : [`@ValuesSince(${literal(version)}, ${literal(values ?? [])}${more})`]),
    ...(Object.keys(limits).length === 0 ? [] : [`@LimitsBefore(${literal(version)}, ${literal(limits)})`]),
    ...(required === undefined ? [] : [`@RequiredBefore(${literal(version)})`]),
  ].join(' ');
}

/** Writes a value as TypeScript does. */
function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{ ${Object.entries(value)
    .map(([key, part]) => `${key}: ${literal(part)}`)
    .join(', ')} }`;
}
