/** Writes a page of Markdown about the endpoints of a contract: methods, arguments, errors, types and history. */
import type { ContractDocument } from '@concord-rpc/core';
import {
  type ArgDocument,
  type DeprecationDocument,
  type EndpointDocument,
  type MethodDocument,
  parseVersion,
  type SchemaDocument,
  type VersionMark,
} from '@concord-rpc/core/engine';
import { isOptional } from '../document/optional-argument';
import { sinceFor } from '../document/versions';
import { contractAt } from '../projection/contract-at';
import { typeText } from '../report/type-text';
import { deprecationText, historyOf } from './history';
import { codeCell, prose, table } from './markdown';

/** Returns the page. Endpoints follow one another, each with the types that it uses. */
export function docsSource(document: ContractDocument): string {
  const pages = Object.entries(document.endpoints).map(([key, { version }]) => {
    const alone = contractAt(document, key, parseVersion(version, `version of ${key}`))!;
    return endpointPage(alone, key);
  });
  return `${pages.map((lines) => lines.join('\n').trimEnd()).join('\n\n')}\n`;
}

function endpointPage(document: ContractDocument, key: string): readonly string[] {
  const endpoint = document.endpoints[key]!;
  const { methods, description } = endpoint;
  const types = Object.entries(document.types ?? {});
  const history = historyOf(document, key);
  return [
    `# ${key}`,
    '',
    ...paragraph(description),
    ...table(['', ''], factsOf(endpoint)),
    '## Methods',
    '',
    ...table(['method', 'mode', 'since', ''], Object.entries(methods).map(methodRow)),
    ...Object.entries(methods).flatMap(([name, method]) => methodSection(name, method)),
    ...(types.length === 0 ? [] : ['## Types', '']),
    ...types.flatMap(([name, schema]) => typeSection(name, schema, key)),
    ...(history.length === 0 ? [] : ['## History', '']),
    ...history.flatMap(({ version, changes }) => [`### ${version}`, '', ...changes.map((change) => `* ${change}`), '']),
  ];
}

function factsOf(endpoint: EndpointDocument): readonly (readonly string[])[] {
  const { version, exchange = 'default', topic, namespace, codec = 'json', stability, unknownArgs } = endpoint;
  return [
    ['version', version],
    ['topic', codeCell(`${exchange}/${topic}`)],
    ['namespace', namespace === undefined ? 'none' : codeCell(namespace)],
    ['codec', codec],
    ...(stability === undefined ? [] : [['stability', stability]]),
    ...(unknownArgs === 'ignore' ? [['undeclared arguments', 'ignored']] : []),
  ];
}

function methodRow([name, method]: readonly [string, MethodDocument]): readonly string[] {
  const { mode, since = '', description = '', deprecated } = method;
  const gone = deprecated === undefined ? '' : `Deprecated since ${deprecated.since}. `;
  return [codeCell(name), mode, since, `${gone}${prose(description)}`];
}

function methodSection(name: string, method: MethodDocument): readonly string[] {
  const { args = [], returns, errors = {}, description, deprecated, mode } = method;
  const result = mode === 'stream' ? 'Items' : 'Result';
  return [
    `### ${codeCell(name)}`,
    '',
    ...paragraph(description),
    ...deprecationLine(deprecated),
    ...paragraphOf(methodFacts(method)),
    ...table(['argument', 'type', 'required', 'since', ''], args.map(argumentRow)),
    `${result}: ${returns ? codeCell(typeText(returns)) : 'none'}`,
    '',
    ...table(
      ['error', 'data', 'since', 'can be sent again'],
      Object.entries(errors).map(([error, { data, since = '', retryable = false }]) => [
        ...[codeCell(error), data === undefined ? '' : codeCell(typeText(data)), since, retryable ? 'yes' : 'no'],
      ]),
    ),
  ];
}

function methodFacts(method: MethodDocument): readonly string[] {
  const { mode, since, aliases = [], timeoutMs, idempotent, idempotencyWindowMs } = method;
  return [
    `mode ${mode}`,
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(aliases.length === 0 ? [] : [`formerly ${aliases.map(codeCell).join(', ')}`]),
    ...(idempotent === true ? ['idempotent'] : []),
    ...(timeoutMs === undefined ? [] : [`timeout ${timeoutMs} ms`]),
    ...(idempotencyWindowMs === undefined ? [] : [`results are remembered for ${idempotencyWindowMs} ms`]),
  ];
}

function argumentRow(arg: ArgDocument): readonly string[] {
  const { name, schema, since = '', deprecated, droppable } = arg;
  const facts = [
    ...('default' in arg ? [`default ${codeCell(JSON.stringify(arg.default))}`] : []),
    ...(droppable === true ? ['left out for older servers'] : []),
    ...(deprecated === undefined ? [] : [`deprecated since ${deprecated.since}${deprecationText(deprecated)}`]),
  ];
  return [codeCell(name), codeCell(typeText(schema)), isOptional(arg) ? '' : 'yes', since, factsCell(schema, facts)];
}

function typeSection(name: string, schema: SchemaDocument, key: string): readonly string[] {
  const { properties, required = [], description } = schema;
  const rows = Object.entries(properties ?? {}).map(([field, of]) => [
    codeCell(field),
    codeCell(typeText(of)),
    required.includes(field) ? 'yes' : '',
    sinceFor(of['x-since'], key) ?? '',
    factsCell(of, of['x-droppable'] === true ? ['left out for older servers'] : []),
  ]);
  return [
    `### ${codeCell(name)}`,
    '',
    ...paragraph(description),
    ...(properties === undefined ? [codeCell(typeText(schema)), ''] : []),
    ...table(['field', 'type', 'required', 'since', ''], rows),
    ...lateValues(schema, key),
  ];
}

/** The versions of values that came later. */
function lateValues({ 'x-enum-since': marks = {} }: SchemaDocument, key: string): readonly string[] {
  const late = Object.entries<VersionMark>(marks).map(
    ([value, since]) => `${codeCell(value)} since ${sinceFor(since, key) ?? '?'}`,
  );
  return late.length === 0 ? [] : [`Values: ${late.join(', ')}`, ''];
}

function factsCell(schema: SchemaDocument, facts: readonly string[]): string {
  const all = [
    ...(schema.description === undefined ? [] : [prose(schema.description)]),
    ...facts,
    ...(schema.deprecated === undefined ? [] : ['deprecated']),
  ];
  return all.join('; ');
}

function paragraph(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [prose(text), ''];
}

function paragraphOf(facts: readonly string[]): readonly string[] {
  return [`${facts.join(', ')}.`.replace(/^./, (letter) => letter.toUpperCase()), ''];
}

function deprecationLine(deprecated: DeprecationDocument | undefined): readonly string[] {
  return deprecated === undefined ? [] : [`**Deprecated since ${deprecated.since}**${deprecationText(deprecated)}`, ''];
}
