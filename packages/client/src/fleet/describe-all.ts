/** Asks the servers of a topic for their contracts. */
import { RpcError } from '@concord-rpc/core';
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
import { takeCensus } from './census';
import { type LargeAnswer, readPages } from './read-answer';

/** A server and its contract on a topic, or the reason why it could not be read. */
export interface DescribedServer {
  readonly server: string;
  /** The contract as the server wrote it; not checked. */
  readonly contract?: unknown;
  readonly refusal?: RpcError;
}

/** Milliseconds after an answer within which the next has to come: a server describes itself for the first time in that time. */
const QUIET = 250;
/** Servers that are asked for the pages of one contract before their readers give up. */
const MOST_TRIES = 3;

/**
 * Asks all servers of a topic for their contracts; `timeout` in milliseconds. Servers with equal contracts send it once.
 *
 * @throws RpcError `permission_denied` if the question may not be sent or no reply may be received, `overloaded` and others if every
 * server refused.
 */
export async function describeAll(line: Line, address: subjects.Address, timeout: number): Promise<readonly DescribedServer[]> {
  const deadline = performance.now() + timeout;
  const subject = subjects.systemSubject(subjects.allPrefix(address), DESCRIBE);
  const isAnswer = (value: unknown): value is ServerDescription | AnswerHead => isDescription(value) || isAnswerHead(value);
  const { servers, refusal } = await takeCensus(line, { address, subject, deadline, isAnswer, quiet: QUIET });
  if (servers.length === 0 && refusal !== undefined) throw refusal;
  const heads = servers.filter((answer): answer is AnswerHead => isAnswerHead(answer));
  const byHash = new Map<string, AnswerHead[]>();
  for (const head of heads) byHash.set(head.hash, [...(byHash.get(head.hash) ?? []), head]);
  const read = [...byHash].map(async ([hash, same]) => [hash, await readOne(line, address, same, deadline)] as const);
  const contracts = new Map(await Promise.all(read));
  return servers.map((answer) => {
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
