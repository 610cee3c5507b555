/** Asks a server for its usage report. */
import type { RpcError } from '@concord-rpc/core';
import { requireServerName } from '@concord-rpc/core/engine';
import { isUsageReport, subjects, USAGE, type UsageReport } from '@concord-rpc/core/wire';
import type { Line } from '../line/line';
import { askAnswer } from './read-answer';

/** The answer of one server: a report or a refusal. Both are missing if the server sent neither in time. */
export interface UsageAnswer {
  readonly report?: UsageReport;
  readonly refusal?: RpcError;
}

/** Asks one server of a topic for its usage report; `timeout` in milliseconds. Always resolves. */
export async function askUsage(line: Line, address: subjects.Address, server: string, timeout: number): Promise<UsageAnswer> {
  const subject = subjects.systemSubject(subjects.serverPrefix(address, requireServerName(server)), USAGE);
  const { answer, refusal } = await askAnswer(line, {
    address,
    subject,
    deadline: performance.now() + timeout,
    isAnswer: isUsageReport,
  });
  return { report: answer, refusal };
}
