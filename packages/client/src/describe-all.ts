/** Asks the servers of a topic for their contracts. */
import { performance } from 'node:perf_hooks';
import { isServerName, subjects } from '@concord-rpc/core';
import { takeCensus } from './census';
import type { Line } from './line';

const DESCRIBE = 'describe';

/** One server of a topic, and its contracts there, as it wrote them. */
export interface ServerDescription {
  readonly server: string;
  readonly contract: unknown;
}

/** Asks everyone who listens on a topic for their contracts, for at most so many milliseconds. Resolves, always. */
export async function describeAll(line: Line, address: subjects.Address, timeout: number): Promise<readonly ServerDescription[]> {
  const subject = subjects.systemSubject(subjects.allPrefix(address), DESCRIBE);
  return (await takeCensus(line, subject, performance.now() + timeout, { isAnswer: isDescription })).servers;
}

function isDescription(value: unknown): value is ServerDescription {
  if (typeof value !== 'object' || value === null) return false;
  const { server, contract } = value as Record<string, unknown>;
  return isServerName(server) && typeof contract === 'object' && contract !== null;
}
