/** What a server answers when it is asked what its callers use. docs/PROTOCOL.md, "What every server answers for Concord itself". */
import { isServerName } from '../values/target';

/** The method that is asked, in the system namespace. */
export const USAGE = 'usage';

/** One group of callers of one method: what they have in common, and what they passed in all. */
export interface ReportedUse {
  /** `Name@major`. */
  readonly endpoint: string;
  /** As they called it. */
  readonly method: string;
  /** The version of their contract; left out: they say none, or there were too many to tell them apart. */
  readonly contract?: string;
  /** Their `context.caller`; left out: they say none, or there were too many. */
  readonly caller?: string;
  /** They sent casts, which do not say the version of a contract. */
  readonly cast?: true;
  /** The version that the calls needed. */
  readonly needs: string;
  /** The arguments that some of the calls passed. */
  readonly args: readonly string[];
  readonly calls: number;
  /** Seconds since the last of them. */
  readonly ago: number;
}

/** The uses that a server has counted, and for how many seconds it has. */
export interface UsageReport {
  readonly server: string;
  readonly seconds: number;
  readonly uses: readonly ReportedUse[];
}

/** Whether an answer is one. */
export function isUsageReport(value: unknown): value is UsageReport {
  if (!isRecord(value)) return false;
  const { server, seconds, uses } = value;
  return isServerName(server) && isCount(seconds) && Array.isArray(uses) && uses.every(isReportedUse);
}

const VERSION = /^\d{1,10}\.\d{1,10}$/;

function isReportedUse(value: unknown): value is ReportedUse {
  if (!isRecord(value)) return false;
  const { endpoint, method, contract, caller, needs, args, calls, ago } = value;
  return (
    [endpoint, method].every((text) => typeof text === 'string') &&
    (contract === undefined || isVersion(contract)) &&
    (caller === undefined || typeof caller === 'string') &&
    isVersion(needs) &&
    Array.isArray(args) &&
    args.every((name) => typeof name === 'string') &&
    isCount(calls) &&
    isCount(ago)
  );
}

function isVersion(value: unknown): boolean {
  return typeof value === 'string' && VERSION.test(value);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
