/** An interface of a live fleet, or one of its methods, as `concord describe` shows it. */
import { compareVersions, type MethodDocument, parseVersion, type SchemaDocument } from '@concord-rpc/core/engine';
import { argumentText, methodText, typeText } from '@concord-rpc/evolution';
import type { LiveContract } from '../live/live-contract';
import { plainJson } from '../plain/plain-json';
import { argumentTemplate } from './template';

/** The interface with its methods and types. */
export function endpointText(live: LiveContract): string {
  const { key, document } = live;
  const { methods, description } = document.endpoints[key]!;
  return [
    headText(live),
    ...(description === undefined ? [] : [`  ${description}`]),
    'methods',
    ...Object.entries(methods).map(([name, method]) => `  ${methodText(method, name)}`),
    ...typesText(document.types),
    '',
  ].join('\n');
}

/** One method with its arguments, its types, and a command line to fill in. */
export function describedMethodText(live: LiveContract, name: string, method: MethodDocument): string {
  const { key, document } = live;
  const { description, returns, errors = {}, args = [], aliases = [], timeoutMs, idempotent, idempotencyWindowMs } = method;
  const facts = [
    ...(method.since === undefined ? [] : [`since ${method.since}`]),
    ...(aliases.length === 0 ? [] : [`formerly ${aliases.join(', ')}`]),
    ...(timeoutMs === undefined ? [] : [`timeout ${timeoutMs} ms`]),
    ...(idempotent === true ? ['idempotent'] : []),
    ...(idempotencyWindowMs === undefined ? [] : [`results remembered for ${idempotencyWindowMs} ms`]),
    ...(method.deprecated === undefined ? [] : [`deprecated since ${method.deprecated.since}`]),
  ];
  return [
    headText(live),
    `method ${name}: mode ${method.mode}${facts.map((fact) => `, ${fact}`).join('')}`,
    ...(description === undefined ? [] : [`  ${description}`]),
    'arguments',
    ...(args.length === 0 ? ['  none'] : args.map((arg) => `  ${argumentText(arg)}`)),
    'result',
    `  ${returns ? typeText(returns) : 'nothing'}`,
    ...(Object.keys(errors).length === 0 ? [] : ['errors']),
    ...Object.entries(errors).map(([error, { data }]) => `  ${error}${data === undefined ? '' : ` ${typeText(data)}`}`),
    ...typesText(document.types),
    'template',
    `  ${callText(`${key}.${name}`, method, argumentTemplate(document, method))}`,
    '',
  ].join('\n');
}

/** The versions of the servers, and how many servers are at each. */
export function versionCounts({ services }: Pick<LiveContract, 'services'>): Readonly<Record<string, number>> {
  const versions = services.map(({ version }) => version).sort((a, b) => compareVersions(parseVersion(a), parseVersion(b)));
  const counts: Record<string, number> = {};
  for (const version of versions) counts[version] = (counts[version] ?? 0) + 1;
  return counts;
}

const COMMANDS = { any: 'call', call: 'call', stream: 'call', cast: 'cast', fanout: 'fanout' } as const;

/** A command line that sends a method; quotes in texts are written for a shell. */
export function callText(name: string, { mode }: MethodDocument, args: Readonly<Record<string, unknown>>): string {
  const given = Object.keys(args).length === 0 ? '' : ` '${plainJson(args).replaceAll("'", "'\\''")}'`;
  return `concord ${COMMANDS[mode]} ${name}${given}`;
}

function headText(live: LiveContract): string {
  const { key, document, address } = live;
  const { version, namespace = 'none', codec = 'json' } = document.endpoints[key]!;
  const counts = Object.entries(versionCounts(live)).map(([each, count]) => `${each} ×${count}`);
  return `${key} at ${version}: topic ${address.exchange}/${address.topic}, namespace ${namespace}, codec ${codec}\nservers at ${counts.join(', ')}`;
}

function typesText(types: Readonly<Record<string, SchemaDocument>> = {}): readonly string[] {
  const lines = Object.entries(types).flatMap(([name, schema]) => [`  ${name}`, ...fieldsText(schema)]);
  return lines.length === 0 ? [] : ['types', ...lines];
}

function fieldsText(schema: SchemaDocument): readonly string[] {
  const { properties, required = [] } = schema;
  if (properties === undefined) return [`    ${typeText(schema)}`];
  return Object.entries(properties).map(([name, field]) => {
    const since = field['x-since'];
    const late = since === undefined ? '' : ` (since ${typeof since === 'string' ? since : JSON.stringify(since)})`;
    return `    ${name}${required.includes(name) ? '' : '?'}: ${typeText(field)}${late}`;
  });
}
