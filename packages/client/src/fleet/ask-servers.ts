/** Asks the servers of a topic, or one server, what they serve. */
import { PING, subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { beginCensus, type Census, type CensusQuestion, QUIET, type RunningCensus, takeCensus } from './census';

/** Longest wait for answers to one call's question, in milliseconds. */
const LONGEST_WAIT = 1_000;

/** The patience of a census that has to find all servers; times in milliseconds. */
export interface Patience {
  /** Longest wait for a first answer. */
  readonly first: number;
  /** Longest wait for the answers of all servers. */
  readonly longest: number;
  /** Number of answers that are waited for, until `longest` has passed. */
  readonly atLeast: number;
}

/** The patience of tools. */
export const PATIENCE: Patience = { first: 3_000, longest: 15_000, atLeast: 0 };

/** The method that is asked about, and the one server that is asked, if it is one. */
export interface About {
  /** All names of the method, separated by spaces. */
  readonly names: string;
  readonly server: string | undefined;
}

/** The servers that are known before they are asked. */
export type KnownBefore = Pick<CensusQuestion, 'known' | 'knowsAll' | 'splay'>;

/** Asks all servers of a topic what they serve, until none has answered for a second, for at most 15 s; 3 s if none answers. Always resolves. */
export function askServers(line: Line, address: subjects.Address, patience: Partial<Patience> = {}): Promise<Census> {
  const subject = subjects.systemSubject(subjects.allPrefix(address), PING);
  const { first, longest, atLeast } = { ...PATIENCE, ...patience };
  return takeCensus(line, { address, subject, deadline: performance.now() + longest, quiet: QUIET.full, first, atLeast });
}

/** Asks which servers have a method, for one call: the named server, and all servers if none is named or if that one does not answer. */
export function askWhoTakes(line: Line, address: subjects.Address, { names, server }: About, before: KnownBefore): RunningCensus {
  const deadline = performance.now() + LONGEST_WAIT + (before.splay ?? 0);
  const args = names.split(' ');
  const all = () =>
    beginCensus(line, { ...before, address, subject: subjects.systemSubject(subjects.allPrefix(address), PING), deadline, args });
  if (server === undefined) return all();
  const subject = subjects.systemSubject(subjects.serverPrefix(address, server), PING);
  let current: RunningCensus = beginCensus(line, { address, subject, deadline, args, one: true });
  const result = current.result.then((census) => {
    if (census.servers.length > 0) return census;
    current = all();
    return current.result;
  });
  return { result, soFar: () => current.soFar() };
}
