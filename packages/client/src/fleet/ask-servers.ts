/** Asks the servers of a topic, or one server, what they serve. */
import { PING, subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { type Census, takeCensus } from './census';

/** Longest wait for a first answer, in milliseconds. */
const LONGEST_WAIT = 1_000;

/** The method that is asked about, and the one server that is asked, if it is one. */
export interface About {
  /** All names of the method, separated by spaces. */
  readonly names: string;
  readonly server: string | undefined;
}

/** Asks all servers of a topic what they serve; with the names of a method, also which of them serve it. Always resolves. */
export function askServers(line: Line, address: subjects.Address, deadline: number, names?: string): Promise<Census> {
  const subject = subjects.systemSubject(subjects.allPrefix(address), PING);
  return takeCensus(line, { address, subject, deadline: within(deadline), names });
}

/** Asks one server what it serves, or all servers of the topic if none is named. Always resolves. */
export function askAbout(line: Line, address: subjects.Address, deadline: number, { names, server }: About): Promise<Census> {
  if (server === undefined) return askServers(line, address, deadline, names);
  const subject = subjects.systemSubject(subjects.serverPrefix(address, server), PING);
  return takeCensus(line, { address, subject, deadline: within(deadline), names, one: true });
}

function within(deadline: number): number {
  return Math.min(deadline, performance.now() + LONGEST_WAIT);
}
