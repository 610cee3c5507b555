/** Asks the servers of a topic for their contracts. */
import { performance } from 'node:perf_hooks';
import { DESCRIBE, isDescription, type ServerDescription, subjects } from '@concord-rpc/core';
import type { Line } from '../line/line';
import { takeCensus } from './census';

/** Asks everyone who listens on a topic for their contracts, for at most so many milliseconds. Resolves, always. */
export async function describeAll(line: Line, address: subjects.Address, timeout: number): Promise<readonly ServerDescription[]> {
  const subject = subjects.systemSubject(subjects.allPrefix(address), DESCRIBE);
  return (await takeCensus(line, subject, performance.now() + timeout, { isAnswer: isDescription })).servers;
}
