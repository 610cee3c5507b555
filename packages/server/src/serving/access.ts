/** The access policy of a server: asked before each call, and what is not plainly allowed is denied. */
import { type InterceptedCall, quote, RpcError } from '@concord-rpc/core';
import { positional } from '../registration/check-arguments';
import { IncomingCall } from '../request/incoming-call';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';

/** Decides whether a call may run: `true` lets it, `false` or a reason for the server's log does not. */
export type AccessPolicy = (call: InterceptedCall) => boolean | string | Promise<boolean | string>;

/** Milliseconds that a policy may take. */
const LONGEST = 1_000;

/**
 * Asks a policy.
 *
 * @throws RpcError `invalid_argument` if it is none.
 */
export class AccessGuard {
  constructor(
    private readonly policy: AccessPolicy,
    /** Whether it is asked about what servers answer for Concord itself, too. */
    private readonly asksAboutSystem: boolean,
  ) {
    if (typeof policy !== 'function') throw new RpcError('invalid_argument', `access must be a function; got ${quote(policy)}`);
  }

  /**
   * Returns if the call may run; a promise that says so only if the policy gives one.
   *
   * @throws Refusal
   */
  check(exchange: IncomingRequest): undefined | Promise<void> {
    const { method, request } = exchange;
    if (method!.isSystem && !this.asksAboutSystem) return undefined;
    let verdict: unknown;
    try {
      verdict = this.policy(new IncomingCall(exchange, Object.freeze(positional(request!.args, method!.definition.args))));
      if (typeof verdict === 'object' && verdict !== null) return inTime(verdict).then((said) => requireTrue(exchange, said));
    } catch (thrown) {
      verdict = threw(thrown);
    }
    requireTrue(exchange, verdict);
    return undefined;
  }
}

/** What a promise, or whatever else it may be, comes to. */
async function inTime(verdict: object): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(`the policy has not decided within ${LONGEST} ms`), LONGEST);
  });
  return Promise.race([verdict, late])
    .catch(threw)
    .finally(() => clearTimeout(timer));
}

function requireTrue(exchange: IncomingRequest, verdict: unknown): void {
  if (verdict === true) return;
  const { label, values } = exchange;
  const names = ['caller', 'tenant'].filter((key) => values[key] !== undefined).map((key) => `${key} ${quote(values[key])}`);
  const who = names.length === 0 ? 'a caller without a name' : names.join(', ');
  const why =
    verdict === false ? '' : typeof verdict === 'string' ? `: ${quote(verdict)}` : `: the policy gave ${quote(verdict)}`;
  throw new Refusal(
    new RpcError('permission_denied', `${label} is not allowed by the server's access policy`),
    `access to ${label} denied to ${who}${why}`,
  );
}

/** What was thrown as a reason, whatever it is. */
function threw(thrown: unknown): string {
  try {
    return `the policy threw ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  } catch {
    return 'the policy threw something that cannot be printed';
  }
}
