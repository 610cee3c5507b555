/** Writes a typed client of an endpoint as TypeScript source: one file that needs no code of the server. */

import type { ContractDocument } from '@concord-rpc/core';
import {
  type ArgDocument,
  compareVersions,
  type EndpointDocument,
  type MethodDocument,
  parseVersion,
} from '@concord-rpc/core/engine';
import { changeMarks, limitsOf } from '../document/change-marks';
import { isOptional } from '../document/optional-argument';
import { firstSince, parseEndpointKey, readVersion } from '../document/versions';
import { releaseHash } from '../projection/as-of';
import { contractAt } from '../projection/contract-at';
import { changeDecorator } from './change-decorator';
import { RESERVED, withIdentifiers } from './identifiers';
import { errorDataType, type NamedTypes, namedTypes } from './named-types';
import { tokenSource } from './token-source';
import { identifierOf, keyOf, literal, memberIn, objectLiteral, prose, typeSource } from './type-source';

/** The endpoint and the version of the client. */
export interface ClientQuestion {
  /** `Name@major`. */
  readonly key: string;
  /** The version of the client; the version of the contract by default. */
  readonly asOf?: string;
}

/**
 * Returns the source of a client; `undefined` if the contract has no such endpoint.
 *
 * @throws RpcError `invalid_version` if the version is invalid.
 */
export function clientSource(snapshot: ContractDocument, { key, asOf }: ClientQuestion): string | undefined {
  const present = memberIn(snapshot.endpoints, key);
  if (present === undefined) return undefined;
  const version = asOf ?? present.version;
  const named = withIdentifiers(contractAt(snapshot, key, parseVersion(version, `version of ${key}`))!, key);
  const endpoint = named.contract.endpoints[key]!;
  const types = namedTypes(named, key);
  const name = named.endpoint;
  const sections = [
    header(key, version, types.source),
    `/** The hash of the contract of ${prose(`${key} ${version}`)}. */\nexport const CONTRACT_HASH = ${literal(releaseHash(snapshot, key, version))};`,
    ...(types.source === '' ? [] : [types.source]),
    contractInterface(name, endpoint),
    clientFunction(name),
    registration(name, key, endpoint, types),
  ];
  return `${sections.join('\n\n')}\n`;
}

function header(key: string, version: string, types: string): string {
  return [
    `/** A client of ${prose(`${key} ${version}`)}. Written by \`concord generate client\`; edits are overwritten. */`,
    ...(types.includes('Type(') ? ["import { Type } from 'class-transformer';"] : []),
    ...(types.includes('valid.') ? ["import * as valid from 'class-validator';"] : []),
    "import * as concord from 'concord-rpc';",
  ].join('\n');
}

function contractInterface(name: string, { methods, description }: EndpointDocument): string {
  const lines = Object.entries(methods).flatMap(([method, definition]) => [
    `  /** ${methodProse(definition)} */`,
    `  ${keyOf(method)}(${(definition.args ?? []).map(parameter).join(', ')}): ${resultSource(definition)};`,
  ]);
  const about = description === undefined ? `The methods that servers of ${name} serve.` : prose(description);
  return `/** ${about} */\nexport interface ${name} {\n${lines.join('\n')}\n}\n\n/** The contract, for \`createClient\`. */\nexport abstract class ${name} {}`;
}

function methodProse({ description, since, args = [], deprecated }: MethodDocument): string {
  const late = args.filter((arg) => arg.since !== undefined).map((arg) => `${arg.name} since ${arg.since}`);
  const facts = [since === undefined ? '' : `since ${since}`, ...late].filter((fact) => fact !== '').join('; ');
  const gone =
    deprecated === undefined
      ? ''
      : `@deprecated since ${deprecated.since}${deprecated.use === undefined ? '' : `: use ${deprecated.use}`}`;
  const parts = [description ?? '', facts === '' ? '' : `(${facts})`, gone];
  return prose(parts.filter((part) => part !== '').join(' ')) || 'A method.';
}

function parameter(arg: ArgDocument, index: number, all: readonly ArgDocument[]): string {
  const { name, schema } = arg;
  const isFree = !RESERVED.has(name) && !/^arg\d+$/.test(name) && all.findIndex((each) => each.name === name) === index;
  const word = /^[A-Za-z_$][\w$]*$/.test(name) && isFree ? name : `arg${index}`;
  return `${word}${isOptional(arg) ? '?' : ''}: ${typeSource(schema)}`;
}

/** Returns the type of a result. An undeclared result is `unknown`. */
function resultSource(method: MethodDocument): string {
  const { mode, returns } = method;
  const item =
    returns == null ? (returns === null || mode === 'cast' || mode === 'fanout' ? 'void' : 'unknown') : typeSource(returns);
  return mode === 'stream' ? `AsyncIterable<${item}>` : `Promise<${item}>`;
}

function clientFunction(name: string): string {
  return [
    `/** Creates a client of ${name}. Every call requests the version that its arguments need. */`,
    `export function create${name}Client(transport: concord.Transport, options?: concord.ClientOptions): concord.Client<${name}> {`,
    `  return concord.createClient(transport, ${name}, options);`,
    '}',
  ].join('\n');
}

function registration(name: string, key: string, endpoint: EndpointDocument, types: NamedTypes): string {
  const { version, topic, exchange, namespace, codec, unknownArgs } = endpoint;
  const options = { name: parseEndpointKey(key).name, exchange, topic, namespace, codec, version, unknownArgs };
  const methods = Object.entries(endpoint.methods).map(([method, definition]) => methodCall(key, method, definition, types));
  return [
    '/** Registers a method and its arguments, each with the version that introduced it. */',
    'function method(',
    '  name: string,',
    '  options: concord.RpcMethodOptions,',
    '  ...args: (concord.ArgOptions & { since?: string; droppable?: boolean; changes?: ReturnType<typeof concord.RequiredBefore>[] })[]',
    '): void {',
    `  Object.defineProperty(${name}.prototype, name, { value: concord.remote, configurable: true, writable: true });`,
    '  args.forEach(({ since, droppable, changes = [], ...arg }, index) => {',
    `    concord.Arg(arg)(${name}.prototype, name, index);`,
    `    if (since !== undefined) concord.Since(since, { droppable })(${name}.prototype, name, index);`,
    `    for (const change of changes) change(${name}.prototype, name, index);`,
    '  });',
    `  concord.RpcMethod(options)(${name}.prototype, name);`,
    '}',
    '',
    ...methods,
    `concord.Endpoint(${objectLiteral(options)})(${name});`,
  ].join('\n');
}

function methodCall(key: string, name: string, method: MethodDocument, { isClass, errors: words }: NamedTypes): string {
  const { since, mode, idempotent, idempotencyWindowMs, timeoutMs, errors = {} } = method;
  const declared = Object.entries(errors).map(([code, error]) => {
    const data = errorDataType(error, isClass);
    const type = data === undefined ? words.get(code)! : identifierOf(data);
    return `{ type: ${type}, ${objectLiteral({ name: code, since: error.since, retryable: error.retryable }).slice(2)}`;
  });
  const options = [
    ...Object.entries({
      since,
      aliases: aliasesOf(method),
      mode: mode === 'any' ? undefined : mode,
      idempotent,
      idempotencyWindow: idempotencyWindowMs,
      timeout: timeoutMs,
    }).flatMap(([option, value]) => (value === undefined ? [] : [`${option}: ${literal(value)}`])),
    ...returnsOption(method, isClass),
    ...(declared.length > 0 ? [`errors: [${declared.join(', ')}]`] : []),
  ];
  const args = (method.args ?? []).map((arg) => argumentSource(key, method, arg, isClass));
  const head = `method(${literal(name)}, { ${options.join(', ')} }`.replace('{  }', '{}');
  return args.length === 0 ? `${head});` : `${head},\n${args.map((arg) => `  ${arg},\n`).join('')});`;
}

/** Returns the former names of a method, each with the version that introduced it. */
function aliasesOf({ aliases = [], aliasSince = {} }: MethodDocument): readonly unknown[] | undefined {
  if (aliases.length === 0) return undefined;
  return aliases.map((name) => (Object.hasOwn(aliasSince, name) ? { name, since: aliasSince[name] } : name));
}

function returnsOption({ mode, returns }: MethodDocument, isClass: (name: string) => boolean): readonly string[] {
  if (mode === 'cast' || mode === 'fanout' || returns === undefined) return [];
  if (returns === null) return ['returns: null'];
  const token = tokenSource(returns, isClass);
  return token === undefined ? [] : [`returns: ${token}`];
}

function argumentSource(key: string, method: MethodDocument, arg: ArgDocument, isClass: (name: string) => boolean): string {
  const [since, from] = [readVersion(arg.since), firstSince(method, key)];
  const isLate = since !== undefined && from !== undefined && compareVersions(since, from) > 0;
  const token = tokenSource(arg.schema, isClass);
  const mayLack = isOptional(arg);
  const limits = token === undefined ? undefined : limitsOf(arg.schema);
  // a type that is not checked has no values, limits or earlier limits
  const changes = changeMarks(arg.schema, key, mayLack, arg.was).filter(({ decorator }) => decorator !== 'ValuesSince' || token);
  const parts = [
    `name: ${literal(arg.name)}`,
    token === undefined ? 'unchecked: true' : `type: ${token}`,
    ...(mayLack ? ['optional: true'] : []),
    ...Object.entries(limits ?? {}).map(([keyword, limit]) => `${keyword}: ${literal(limit)}`),
    ...(isLate ? [`since: ${literal(arg.since)}`] : []),
    ...(arg.droppable === true && isLate ? ['droppable: true'] : []),
    ...(changes.length > 0 ? [`changes: [${changes.map(changeDecorator).join(', ')}]`] : []),
  ];
  return `{ ${parts.join(', ')} }`;
}
