/** The table that says on which side a verdict is an error of the span and of the measurement. */
import type { CallVerdict } from '@concord-rpc/core/engine';
import type { CallSide } from './conventions';

/** `both` sides, or one of them; `none`: no error. */
type ErrorSide = CallSide | 'both' | 'none';

/**
 * A caller that gets an error has failed, as in gRPC. A server has failed only if the fault is its own: a handler that threw what its contract does not know, a
 * result that cannot be sent, a deadline that it missed, a stop. Errors that a contract declares or a method expects, and refusals of what callers send, are no
 * errors of the server.
 */
export const ERROR_SIDES: Readonly<Record<CallVerdict, ErrorSide>> = {
  ok: 'none',
  declared: 'client',
  expected: 'client',
  internal: 'both',
  invalid_result: 'both',
  unserializable: 'both',
  not_implemented: 'both',
  no_context: 'both',
  deadline_exceeded: 'both',
  server_stopped: 'both',
  not_connected: 'both',
  connection_lost: 'both',
  client_closed: 'both',
  overloaded: 'both',
  invalid_version: 'client',
  invalid_contract: 'client',
  invalid_target: 'client',
  invalid_argument: 'client',
  version_capped: 'client',
  payload_too_large: 'client',
  no_servers: 'client',
  unsupported_version: 'client',
  unknown_namespace: 'client',
  no_such_method: 'client',
  permission_denied: 'client',
  cancelled: 'client',
  protocol_error: 'client',
};

/** Returns whether a verdict is an error on a side. */
export function isErrorOn(side: CallSide, verdict: CallVerdict): boolean {
  const sides = ERROR_SIDES[verdict];
  return sides === 'both' || sides === side;
}
