/** The facts of a request as an observer gets them. */
import type { MethodContract, RequestFacts } from '@concord-rpc/core/engine';
import type { Request, watching } from '@concord-rpc/core/wire';
import type { IncomingRequest } from '../request/incoming-request';
import { briefText } from './brief-text';

/** Longest name of a caller, in characters. */
const LONGEST_CALLER = 64;

/** Returns the begin of a call, with so many characters of its arguments; 0 for none. */
export function seenBegin({ method, envelope }: IncomingRequest, facts: RequestFacts, args: number): watching.SeenBegin {
  const { mode, needs, caller, bytesReceived } = facts;
  return {
    method: nameOf(facts),
    mode,
    ...(needs !== undefined && { needs }),
    ...(caller !== undefined && { caller: caller.slice(0, LONGEST_CALLER) }),
    at: Date.now(),
    ...(bytesReceived > 0 && { bytes: bytesReceived }),
    ...(args > 0 && method !== undefined && { args: briefText(byName(envelope!.args, method.definition), args) }),
  };
}

/** Returns the end of a call. */
export function seenEnd({ verdict, executed, milliseconds, queued, bytesSent }: RequestFacts): watching.SeenEnd {
  return {
    verdict: verdict!,
    executed: executed!,
    ms: rounded(milliseconds),
    ...(queued !== undefined && { queued: rounded(queued) }),
    ...(bytesSent > 0 && { bytes: bytesSent }),
  };
}

/** The interface of a served method: `Ports@1`. */
export function interfaceOf({ contract, contractVersion }: RequestFacts): string | undefined {
  return contract === undefined ? undefined : `${contract}@${Number.parseInt(contractVersion!, 10)}`;
}

/** `Ports@1.list`; for a method that is not served, what the subject names. */
export function nameOf(facts: RequestFacts): string {
  const served = interfaceOf(facts);
  return served === undefined ? facts.asked : `${served}.${facts.method}`;
}

/** Arguments by name. Those that the method does not have keep their position as name. */
function byName(given: Request['args'], { args }: MethodContract): object {
  if (!Array.isArray(given)) return given;
  const named: Record<string, unknown> = {};
  for (let index = 0; index < given.length && index < args.length + 1; index++) named[args[index]?.name ?? index] = given[index];
  return named;
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100;
}
