/** The outcomes that the contracts of a client and a server predict for one call. */
import type { ContractDocument } from '@concord-rpc/core';
import { leastVersion, type Outcome, type PairJudge, type Verdict } from '@concord-rpc/evolution';

/** A method of a client and a server. */
export interface ComparedMethod {
  readonly judge: PairJudge;
  readonly client: ContractDocument;
  readonly server: ContractDocument;
  /** `Name@major` of the endpoint. */
  readonly key: string;
  readonly method: string;
}

/** Arguments by name. */
export type ArgumentValues = Readonly<Record<string, unknown>>;

/** The verdict on a call with these values. Fields inside the values count too, not only the arguments. */
export function predictedVerdict({ judge, client, server, key, method }: ComparedMethod, values: ArgumentValues): Verdict {
  const needs = leastVersion(withOldestName(client, key, method), { endpoint: key, method, args: values })?.version;
  return judge({ client, server, key, method, needs }, Object.keys(values));
}

/**
 * The outcomes that a verdict allows. Contracts do not record whether a field is droppable. Where a field decides, both degrade and
 * reject are allowed.
 */
export function allowedOutcomes(
  compared: ComparedMethod,
  { outcome }: Pick<Verdict, 'outcome'>,
  values: ArgumentValues,
): readonly Outcome[] {
  const { judge, client, server, key, method } = compared;
  if (outcome === 'degrade') {
    const required = (client.endpoints[key]!.methods[method]!.args ?? []).filter(({ droppable }) => droppable !== true);
    const entries = required.flatMap(({ name }) => (Object.hasOwn(values, name) ? [[name, values[name]]] : []));
    return predictedVerdict(compared, Object.fromEntries(entries)).outcome === 'ok' ? ['degrade'] : ['degrade', 'reject'];
  }
  if (outcome !== 'reject') return [outcome];
  const byArguments = judge({ client, server, key, method }, Object.keys(values)).outcome;
  return byArguments === 'reject' ? ['reject'] : ['reject', 'degrade'];
}

/** The contract with the method as old as its oldest name: the verdict considers the names itself. */
function withOldestName(client: ContractDocument, key: string, method: string): ContractDocument {
  const endpoint = client.endpoints[key]!;
  const { aliases = [], aliasSince = {}, ...definition } = endpoint.methods[method]!;
  const oldest = aliases.at(-1);
  if (oldest === undefined) return client;
  const methods = { ...endpoint.methods, [method]: { ...definition, since: aliasSince[oldest] } };
  return { ...client, endpoints: { ...client.endpoints, [key]: { ...endpoint, methods } } };
}
