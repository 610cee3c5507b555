/** Decides whether a server may join a fleet, from the calls of the clients and the contracts of the future servers. */
import type { ContractDocument } from '@concord-rpc/core';
import type { ClientActivity, FleetClient, Use } from './fleet-client';
import { groupVerdict, type SubjectForm } from './group-verdict';
import { memberOf } from './matrix';
import { createPairJudge, type PairJudge, type Passing, type Verdict } from './pair-verdict';

/** A fleet, and the server to deploy. */
export interface DeployQuestion {
  /** `Name@major`. */
  readonly key: string;
  /** The contract of the server to deploy. */
  readonly candidate: ContractDocument;
  /** The servers that keep running during the rollout. */
  readonly servers: readonly ContractDocument[];
  readonly clients: readonly FleetClient[];
  readonly subjects?: SubjectForm;
  /** Contracts for clients that published none, by name. */
  readonly assume?: Readonly<Record<string, ContractDocument>>;
  /** Names of clients to leave out. */
  readonly ignore?: readonly string[];
}

/** The verdict on one method that a client uses. */
export interface UseVerdict extends Verdict {
  readonly method: string;
}

/** The effect of the deployment on one client. */
export interface ClientVerdict {
  readonly client: string;
  readonly instances?: number;
  readonly seen?: ClientActivity;
  /** The reason why the contract of the client is not known. */
  readonly why?: string;
  /** The version of the client's contract; `undefined` if it is not known. */
  readonly version: string | undefined;
  readonly answer: Answer;
  readonly uses: readonly UseVerdict[];
}

/** `cannot tell`: the contract of a client is not known. */
export type Answer = 'yes' | 'no' | 'cannot tell';

/** The answer, with the verdict on each client. */
export interface DeployVerdict {
  readonly answer: Answer;
  readonly clients: readonly ClientVerdict[];
}

/**
 * Decides whether the candidate may join the fleet. The answer is `no` if a call would fail, otherwise `cannot tell` if the
 * contract of a client is not known.
 */
export function canDeploy(question: DeployQuestion): DeployVerdict {
  const { clients, ignore = [] } = question;
  const counted = clients.filter(({ name }) => !ignore.includes(name));
  const judge = createPairJudge();
  const verdicts = counted.map((client) => clientVerdict(client, question, judge));
  const answers = verdicts.map(({ answer }) => answer);
  const answer = (['no', 'cannot tell'] as const).find((each) => answers.includes(each)) ?? 'yes';
  return { answer, clients: verdicts };
}

function clientVerdict(client: FleetClient, question: DeployQuestion, judge: PairJudge): ClientVerdict {
  const { key, assume = {} } = question;
  const contract = client.contract ?? (Object.hasOwn(assume, client.name) ? assume[client.name] : undefined);
  const { name, instances, seen, why } = client;
  const head = { client: name, ...(instances !== undefined && { instances }), ...(seen !== undefined && { seen }) };
  if (contract === undefined) {
    return { ...head, ...(why !== undefined && { why }), version: undefined, answer: 'cannot tell', uses: [] };
  }
  const methods = contract.endpoints[key]?.methods ?? {};
  const used = client.uses ?? Object.keys(methods).map((method): Use => ({ method }));
  const uses = used.map((use) => ({
    method: use.method,
    ...useVerdict({ ...question, use, client: contract, isFanout: methods[use.method]?.mode === 'fanout' }, judge),
  }));
  const answer = uses.every(({ outcome }) => ['ok', 'degrade', 'not-called'].includes(outcome)) ? 'yes' : 'no';
  return { ...head, version: contract.endpoints[key]?.version, answer, uses };
}

/** One use of one client, judged against the fleet. */
interface UseQuestion extends DeployQuestion {
  readonly use: Use;
  readonly client: ContractDocument;
  readonly isFanout: boolean;
}

function useVerdict({ use, client, isFanout, key, candidate, servers, subjects }: UseQuestion, judge: PairJudge): Verdict {
  const passing: Passing = use.args ?? 'most';
  const members = [...servers, candidate].map((server) => memberOf({ client, server, key, ...use }, passing, judge));
  return groupVerdict(members, subjects ?? 'versioned', isFanout);
}
