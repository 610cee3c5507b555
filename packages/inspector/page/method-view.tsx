/** One method: its contract, its load, and a form to call it. */

import { CallForm } from './call-form';
import type { MethodDocument, SchemaDocument } from './contract-types';
import { nameIn } from './draft';
import type { FleetStore } from './fleet-store';
import { LoadCharts } from './load-charts';
import { Waiting } from './parts';
import { ask } from './process';
import { hrefOf, useAnswer } from './use';

interface MethodProps {
  readonly endpoint: string;
  readonly method: string;
  readonly canCall: boolean;
  readonly fleet: FleetStore;
}

/** The method. */
export function MethodView({ endpoint, method: name, canCall, fleet }: MethodProps) {
  const { value: contract, error } = useAnswer(endpoint, () => ask('contract', endpoint));
  const method = contract?.document.endpoints[endpoint]?.methods[name];
  const texts = contract?.methods[name];
  const servers = fleet.servers.filter(({ endpoints }) => endpoints.some((each) => each.endpoint === endpoint));
  return (
    <>
      <nav aria-label="Path">
        <a href={hrefOf()}>Fleet</a> / <a href={hrefOf(endpoint)}>{endpoint}</a>
      </nav>
      <h1>{name}</h1>
      <Waiting error={error} isThere={contract !== undefined} />
      {contract !== undefined && method === undefined && (
        <p class="bad">
          {endpoint} has no method {name}.
        </p>
      )}
      {contract !== undefined && method !== undefined && texts !== undefined && (
        <>
          <p class="facts">{factsOf(method).join(', ')}</p>
          {method.deprecated !== undefined && (
            <p class="note">
              Deprecated since {method.deprecated.since}.{' '}
              {method.deprecated.use !== undefined && `Use ${method.deprecated.use}. `}
              {method.deprecated.why}
            </p>
          )}
          {method.description !== undefined && <p>{method.description}</p>}
          <div class="columns">
            <section aria-labelledby="contract">
              <h2 id="contract">Contract</h2>
              <dl>
                <dt>Arguments</dt>
                {texts.args.length === 0 && <dd>none</dd>}
                {texts.args.map((text) => (
                  <dd key={text}>
                    <code>{text}</code>
                  </dd>
                ))}
                <dt>Result</dt>
                <dd>
                  <code>{texts.result}</code>
                </dd>
                {texts.errors.length > 0 && <dt>Errors</dt>}
                {texts.errors.map((text) => (
                  <dd key={text}>
                    <code>{text}</code>
                  </dd>
                ))}
              </dl>
              <Types names={reached(method, contract.document.types ?? {})} types={contract.document.types ?? {}} />
            </section>
            <section aria-labelledby="call">
              <h2 id="call">Call</h2>
              <CallForm
                endpoint={endpoint}
                name={name}
                method={method}
                types={contract.document.types ?? {}}
                servers={servers.map(({ server }) => server)}
                canCall={canCall}
              />
            </section>
          </div>
          <LoadCharts endpoint={endpoint} method={name} />
        </>
      )}
    </>
  );
}

function factsOf({ mode, since, aliases = [], timeoutMs, idempotent }: MethodDocument): readonly string[] {
  return [
    `mode ${mode}`,
    ...(since === undefined ? [] : [`since ${since}`]),
    ...(aliases.length === 0 ? [] : [`formerly ${aliases.join(', ')}`]),
    ...(timeoutMs === undefined ? [] : [`timeout ${timeoutMs} ms`]),
    ...(idempotent === true ? ['idempotent'] : []),
  ];
}

type Types = Readonly<Record<string, SchemaDocument>>;

function Types({ names, types }: { readonly names: readonly string[]; readonly types: Types }) {
  return (
    <>
      {names.map((name) => (
        <details key={name} open>
          <summary>{name}</summary>
          <ul class="fields">
            {Object.entries(types[name]?.properties ?? {}).map(([field, schema]) => (
              <li key={field}>
                <code>
                  {field}
                  {types[name]?.required?.includes(field) ? '' : '?'}: {briefText(schema)}
                </code>{' '}
                {schema['x-since'] !== undefined && <span class="tag">since {sinceText(schema['x-since'])}</span>}
              </li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}

function sinceText(since: SchemaDocument['x-since']): string {
  return typeof since === 'string'
    ? since
    : Object.entries(since ?? {})
        .map((each) => each.join(' '))
        .join(', ');
}

/** The named types that a method reaches. */
function reached(method: MethodDocument, types: Types): readonly string[] {
  const found = new Set<string>();
  const visit = (text: string) => {
    for (const [, reference] of text.matchAll(/"\$ref":"(#\/types\/[^"]+)"/g)) {
      const name = nameIn(reference)!;
      if (found.has(name) || !Object.hasOwn(types, name)) continue;
      found.add(name);
      visit(JSON.stringify(types[name]));
    }
  };
  visit(JSON.stringify(method));
  return [...found];
}

/** A type in a few characters. */
export function briefText(schema: SchemaDocument): string {
  if (schema.$ref !== undefined) return nameIn(schema.$ref)!;
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  if (schema.anyOf !== undefined) return schema.anyOf.map(briefText).join(' | ');
  if (schema.items !== undefined) return `${briefText(schema.items)}[]`;
  return [schema.type ?? schema['x-ts'] ?? 'unknown'].flat().join(' | ');
}
