/** Asks a server what its callers use. */
import { performance } from 'node:perf_hooks';
import { isUsageReport, type RpcError, requireServerName, subjects, USAGE, type UsageReport } from '@concord-rpc/core';
import type { Line } from '../line/line';
import { takeCensus } from './census';

/** What one server answered: a report, or a refusal; neither if it has not answered in time, or not with a report. */
export interface UsageAnswer {
  readonly report?: UsageReport;
  readonly refusal?: RpcError;
}

/** Asks one server of a topic, for at most so many milliseconds. Resolves, always. */
export async function askUsage(line: Line, address: subjects.Address, server: string, timeout: number): Promise<UsageAnswer> {
  const subject = subjects.systemSubject(subjects.serverPrefix(address, requireServerName(server)), USAGE);
  const options = { isAnswer: isUsageReport, one: true };
  const { servers, refusal } = await takeCensus(line, subject, performance.now() + timeout, options);
  return { report: servers[0], refusal };
}
