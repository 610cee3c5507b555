/** Context and cancellation that a call made inside a handler inherits from the request that the handler serves. */

import { joinContexts, type RequestScope } from '@concord-rpc/core/engine';
import type { RequestExtras } from '@concord-rpc/core/wire';

/** Adds the context of the request to the envelope keys of a call, and lets the call be cancelled if the request can be. */
export function inherit(scope: RequestScope, own: RequestExtras | undefined): RequestExtras {
  return { ...own, context: contextIn(scope, own), ...(scope.cancellable && { accept: true }) };
}

/** Adds the context of the request to the envelope keys of a cast, which cannot be cancelled. */
export function inheritForCast(scope: RequestScope | undefined, own: RequestExtras | undefined): RequestExtras | undefined {
  return scope === undefined ? own : { ...own, context: contextIn(scope, own) };
}

function contextIn({ values, requestId }: RequestScope, own: RequestExtras | undefined): RequestExtras['context'] {
  return joinContexts({ ...values, requestId }, own?.context);
}
