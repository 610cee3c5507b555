/** The options of `$each`: the servers that are asked, how many of them at a time, and when the call ends. */
import { RpcError } from '@concord-rpc/core';
import { isVersion, LONGEST_TIMER, quote } from '@concord-rpc/core/engine';
import { isLabels, type Labels } from '@concord-rpc/core/wire';

/**
 * Options of `$each`. Without `where`, `limit`, `batch` and `splay`, one message goes to all servers. With one of them, each server is sent a message of its
 * own, by name: all servers that the client knows when the iteration begins, or those that are chosen.
 */
export interface EachOptions {
  /** End after this number of answers. Without the options of the second group, the client then does not ask which servers are running. */
  readonly count?: number | undefined;
  /** End when no answer has come for this number of milliseconds after the last one. Not together with the options below. */
  readonly quiet?: number | undefined;
  /** Only servers that fit. */
  readonly where?: EachWhere | undefined;
  /** Only the first so many servers, by name. */
  readonly limit?: number | undefined;
  /** Number of servers that are asked at a time, and of answers that wait to be read. Default 100. The memory of the call does not grow with the fleet. */
  readonly batch?: number | undefined;
  /** Milliseconds over which the messages are spread evenly. */
  readonly splay?: number | undefined;
  /** Called for every answer, and when the number of servers is known. */
  readonly onProgress?: ((progress: EachProgress) => void) | undefined;
}

/** The servers that `$each` asks. A server fits if it fits every condition. */
export interface EachWhere {
  /** Labels that the server has, with these values. */
  readonly labels?: Labels | undefined;
  /** Versions of the interface, `major.minor`: the server serves one of them. */
  readonly versions?: readonly string[] | undefined;
}

/** The count of the answers of `$each`. */
export interface EachProgress {
  readonly answered: number;
  /** Answers that are errors, those of servers that did not answer included. */
  readonly failed: number;
  /** The number of servers that are asked; absent until it is known. */
  readonly expected?: number;
}

const COUNTS = ['count', 'quiet', 'limit', 'batch', 'splay'] as const;
const KNOWN: readonly string[] = [...COUNTS, 'where', 'onProgress'];
const RULE = `each must be { ${KNOWN.join(', ')} }`;

/** Returns whether servers are asked one by one, by name. */
export function asksByName({ where, limit, batch, splay }: EachOptions): boolean {
  return where !== undefined || limit !== undefined || batch !== undefined || splay !== undefined;
}

/**
 * Reads the options of `$each`.
 *
 * @throws RpcError `invalid_argument`
 */
export function requireEach(each: EachOptions): EachOptions {
  if (typeof each !== 'object' || each === null) throw refused(RULE, each);
  const unknown = Object.keys(each).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw refused(RULE, unknown);
  for (const key of COUNTS) if (!isCount(each[key])) throw refused(`each.${key} must be a whole number of 1 or more`, each[key]);
  if (each.onProgress !== undefined && typeof each.onProgress !== 'function')
    throw refused('each.onProgress must be a function', each.onProgress);
  if (each.quiet !== undefined && asksByName(each))
    throw refused('each.quiet cannot stand together with where, limit, batch or splay', each.quiet);
  requireWhere(each.where);
  return each;
}

function requireWhere(where: EachWhere | undefined): void {
  if (where === undefined) return;
  const rule = "each.where must be { labels, versions }, for example { labels: { zone: 'a' }, versions: ['1.2'] }";
  if (typeof where !== 'object' || where === null) throw refused(rule, where);
  const { labels, versions, ...others } = where;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw refused(rule, unknown);
  if (labels !== undefined && !isLabels(labels)) throw refused(rule, labels);
  if (versions !== undefined && !(Array.isArray(versions) && versions.every(isVersion))) throw refused(rule, versions);
}

function isCount(value: number | undefined): boolean {
  return value === undefined || (Number.isInteger(value) && value >= 1 && value <= LONGEST_TIMER);
}

function refused(rule: string, got: unknown): RpcError {
  return new RpcError('invalid_argument', `${rule}; got ${quote(got)}`);
}
