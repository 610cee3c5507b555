/** A guard: only callers that name themselves `staff` pass. Callers state their context themselves; permissions at the broker prove it. */
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { InterceptedCall } from 'concord-rpc';

@Injectable()
export class StaffOnly implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return context.switchToRpc().getContext<InterceptedCall>().context.caller === 'staff';
  }
}
