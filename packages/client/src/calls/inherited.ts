/** What a call made inside a handler takes over from the request that the handler serves. */
import type { RequestExtras, RequestScope } from '@concord-rpc/core';

/**
 * What a call says beyond a plain call, with the context of the request that its caller serves; and it can be cancelled, if that request can.
 */
export function inherit(scope: RequestScope, own: RequestExtras | undefined): RequestExtras {
  return {
    ...own,
    context: { ...scope.values, requestId: scope.requestId, ...own?.context },
    ...(scope.cancellable && { accept: true }),
  };
}

/** The same for a cast, which nobody can cancel and which gives no signs of life. */
export function inheritForCast(scope: RequestScope | undefined, own: RequestExtras | undefined): RequestExtras | undefined {
  if (scope !== undefined) return { context: { ...scope.values, requestId: scope.requestId, ...own?.context } };
  return own?.context === undefined ? undefined : { context: own.context };
}
