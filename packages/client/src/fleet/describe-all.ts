/** Asks the servers of a topic for their contracts. */
import { DESCRIBE, isDescription, type ServerDescription, subjects } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { takeCensus } from './census';

/** Asks all servers of a topic for their contracts; `timeout` in milliseconds. Always resolves. */
export async function describeAll(line: Line, address: subjects.Address, timeout: number): Promise<readonly ServerDescription[]> {
  const subject = subjects.systemSubject(subjects.allPrefix(address), DESCRIBE);
  return (await takeCensus(line, { address, subject, deadline: performance.now() + timeout, isAnswer: isDescription })).servers;
}
