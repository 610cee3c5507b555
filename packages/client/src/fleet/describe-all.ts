/** Asks the servers of a topic for their contracts, and says which servers gave none. */
import { RpcError } from '@concord-rpc/core';
import { requireServerName } from '@concord-rpc/core/engine';
import {
  type AnswerHead,
  DESCRIBE,
  isAnswerHead,
  isDescription,
  protocolError,
  type ServerDescription,
  subjects,
} from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { askServers, PATIENCE, type Patience } from './ask-servers';
import { type Census, QUIET, takeCensus } from './census';
import { type LargeAnswer, readPages } from './read-answer';

/** A server and its contract on a topic, or the reason why it could not be read. */
export interface DescribedServer {
  readonly server: string;
  /** The contract as the server wrote it; not checked. */
  readonly contract?: unknown;
  readonly refusal?: RpcError;
}

/** The contracts of the servers of a topic. */
export interface DescribedServers {
  readonly described: readonly DescribedServer[];
  /** Names of servers that answered a ping, and did not report their contracts. */
  readonly silent: readonly string[];
}

/** Servers that are asked for the pages of one contract before their readers give up. */
const MOST_TRIES = 3;

/** A contract, or the head of one that has several pages. */
type Description = ServerDescription | AnswerHead;

/**
 * Asks all servers of a topic for their contracts, until none has answered for a second. Servers that answer only a ping are asked by name. Servers with
 * equal contracts of several pages send them once.
 *
 * @throws RpcError `permission_denied` if the question may not be sent or no reply may be received, `overloaded` and others if every
 * server refused.
 */
export async function describeAll(
  line: Line,
  address: subjects.Address,
  patience: Partial<Patience> = {},
): Promise<DescribedServers> {
  const { first, longest, atLeast } = { ...PATIENCE, ...patience };
  const deadline = performance.now() + longest;
  const describe = (prefix: string, one: boolean): Promise<Census<Description>> =>
    takeCensus<Description>(line, {
      ...{ address, subject: subjects.systemSubject(prefix, DESCRIBE), isAnswer: isAnyDescription, one },
      ...(one ? { deadline: performance.now() + first } : { deadline, first, atLeast, quiet: QUIET.full }),
    });
  const [all, pinged] = await Promise.all([
    describe(subjects.allPrefix(address), false),
    askServers(line, address, { first, longest, atLeast }),
  ]);
  if (all.servers.length === 0 && all.refusal !== undefined) throw all.refusal;
  const answers = new Map(all.servers.map((each) => [each.server, each]));
  const missing = pinged.servers.filter(({ server }) => !answers.has(server)).map(({ server }) => server);
  const late = await Promise.all(missing.map((server) => describe(subjects.serverPrefix(address, server), true)));
  for (const { servers } of late) for (const each of servers) answers.set(each.server, each);
  const described = await withPages(line, address, [...answers.values()], deadline);
  return { described, silent: missing.filter((server) => !answers.has(server)) };
}

/** Asks one server of a topic for its contract; `timeout` in milliseconds. Always resolves. */
export async function describeServer(
  line: Line,
  address: subjects.Address,
  server: string,
  timeout: number,
): Promise<DescribedServer> {
  const deadline = performance.now() + timeout;
  const subject = subjects.systemSubject(subjects.serverPrefix(address, requireServerName(server)), DESCRIBE);
  const question = { address, subject, deadline, isAnswer: isAnyDescription, one: true };
  const { servers, noResponders, refusal } = await takeCensus<Description>(line, question);
  const [answer] = servers;
  if (answer !== undefined) return (await withPages(line, address, [answer], deadline))[0]!;
  const why = noResponders ? 'is not running' : `did not send its contract within ${timeout} ms`;
  return { server, refusal: refusal ?? new RpcError('no_servers', `${server} ${why}`) };
}

function isAnyDescription(value: unknown): value is Description {
  return isDescription(value) || isAnswerHead(value);
}

/** Reads the pages of the contracts that have several. The hash proves that servers with the same hash have the same contract. */
async function withPages(
  line: Line,
  address: subjects.Address,
  answers: readonly Description[],
  deadline: number,
): Promise<DescribedServer[]> {
  const byHash = new Map<string, AnswerHead[]>();
  for (const head of answers.filter((answer): answer is AnswerHead => isAnswerHead(answer)))
    byHash.set(head.hash, [...(byHash.get(head.hash) ?? []), head]);
  const read = [...byHash].map(async ([hash, same]) => [hash, await readOne(line, address, same, deadline)] as const);
  const contracts = new Map(await Promise.all(read));
  return answers.map((answer) => {
    if (!isAnswerHead(answer)) return answer;
    const { answer: contract, refusal } = contracts.get(answer.hash)!;
    return refusal === undefined ? { server: answer.server, contract } : { server: answer.server, refusal };
  });
}

/** Reads one contract from the first of its servers that sends all pages. The hash proves that the others have the same. */
async function readOne(
  line: Line,
  address: subjects.Address,
  heads: readonly AnswerHead[],
  deadline: number,
): Promise<LargeAnswer<unknown>> {
  let refusal: RpcError = protocolError('no server sent its contract');
  for (const head of heads.slice(0, MOST_TRIES)) {
    const subject = subjects.systemSubject(subjects.serverPrefix(address, head.server), DESCRIBE);
    const read = await readPages(line, { address, subject, deadline, head });
    if (read.refusal === undefined) return read;
    refusal = read.refusal;
  }
  return { refusal };
}
