/** Asks the access policy of a server before each call. Every decision except `true` denies the call. */
import { type InterceptedCall, RpcError } from '@concord-rpc/core';
import { inTime, positional, quote } from '@concord-rpc/core/engine';
import { IncomingCall } from '../request/incoming-call';
import type { IncomingRequest } from '../request/incoming-request';
import { Refusal } from '../request/refusal';

/** Decides about a call: `true` allows it; `false`, or a reason for the server's log, denies it. */
export type AccessPolicy = (call: InterceptedCall) => boolean | string | Promise<boolean | string>;

/** Milliseconds in which a policy must decide. */
const LONGEST = 1_000;

/** Applies a policy to calls. */
export class AccessGuard {
  /** @throws RpcError `invalid_argument` if the policy is not a function. */
  constructor(
    private readonly policy: AccessPolicy,
    /** True if the policy is also asked about system methods. */
    private readonly asksAboutSystem: boolean,
  ) {
    if (typeof policy !== 'function') throw new RpcError('invalid_argument', `access must be a function; got ${quote(policy)}`);
  }

  /**
   * Returns if the call is allowed. Returns a promise, which resolves or rejects with the refusal, only if the policy does.
   *
   * @throws Refusal if the call is denied
   */
  check(request: IncomingRequest): undefined | Promise<void> {
    const { method, envelope } = request;
    if (method!.system !== undefined && !this.asksAboutSystem) return undefined;
    let verdict: unknown;
    try {
      verdict = this.policy(new IncomingCall(request, Object.freeze(positional(envelope!.args, method!.definition.args))));
      if (typeof verdict === 'object' && verdict !== null) return decisionOf(verdict).then((said) => requireTrue(request, said));
    } catch (thrown) {
      verdict = threw(thrown);
    }
    requireTrue(request, verdict);
    return undefined;
  }
}

/** Returns the decision of an asynchronous policy; a reason to deny if it rejects or takes too long. */
async function decisionOf(verdict: object): Promise<unknown> {
  try {
    return await inTime<unknown>(Promise.resolve(verdict), LONGEST, () => `the policy has not decided within ${LONGEST} ms`);
  } catch (thrown) {
    return threw(thrown);
  }
}

function requireTrue(request: IncomingRequest, verdict: unknown): void {
  if (verdict === true) return;
  const { label, values } = request;
  const names = ['caller', 'tenant'].filter((key) => values[key] !== undefined).map((key) => `${key} ${quote(values[key])}`);
  const who = names.length === 0 ? 'a caller without a name' : names.join(', ');
  const why =
    verdict === false ? '' : typeof verdict === 'string' ? `: ${quote(verdict)}` : `: the policy gave ${quote(verdict)}`;
  throw new Refusal(
    new RpcError('permission_denied', `${label} is not allowed by the server's access policy`),
    `access to ${label} denied to ${who}${why}`,
  );
}

/** Returns the reason for the log if the policy threw, for any thrown value. */
function threw(thrown: unknown): string {
  try {
    return `the policy threw ${thrown instanceof Error ? thrown.message : String(thrown)}`;
  } catch {
    return 'the policy threw a value that cannot be printed';
  }
}
