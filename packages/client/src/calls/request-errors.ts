/** The errors with which a client ends a call of its own accord. */
import { type Findings, formatVersion, formatViolations, isRpcError, RpcError } from '@concord-rpc/core';
import type { Outgoing } from '../connection/outgoing';
import type { Ending } from '../line/pending-calls';
import type { ClientMethod } from '../method/client-method';

/** What a call that got no answer ends with. */
export function endingError(ending: Ending, { method, minor, destination, timeout }: Outgoing): RpcError {
  const { label, definition, contract } = method;
  const retryable = definition.idempotent;
  const version = formatVersion({ major: contract.version.major, minor });
  switch (ending) {
    case 'deadline':
      return new RpcError(
        'deadline_exceeded',
        `${label} (needs ${version}) got no answer from ${destination} within ${timeout} ms`,
        {
          retryable,
          data: { kind: 'deadline', timeout },
        },
      );
    case 'disconnected':
      return new RpcError('connection_lost', `the connection broke while ${label} was under way`, { retryable });
    case 'forbidden':
      return new RpcError(
        'permission_denied',
        `the broker's permissions do not let this connection send ${label} to ${destination}`,
      );
    case 'deaf':
      return new RpcError(
        'permission_denied',
        `the broker refuses to deliver replies to this connection; ${label} was under way`,
        {
          executed: 'maybe',
        },
      );
    case 'closed':
      return new RpcError('client_closed', `the transport was closed while ${label} was under way`);
  }
}

/** A result that does not fit what the contract declares. */
export function invalidResult({ label }: ClientMethod, { violations }: Findings): RpcError {
  return new RpcError('invalid_result', `${label} returned what its contract does not declare: ${formatViolations(violations)}`, {
    data: { violations },
  });
}

/** A call that is part of a request whose caller has stopped waiting. */
export function outOfTime(method: ClientMethod, within: string): RpcError {
  return new RpcError(
    'deadline_exceeded',
    `${method.label} was not sent: no time is left of the call of ${within} that it is part of`,
    {
      executed: 'no',
      data: { kind: 'deadline' },
    },
  );
}

/** A monitored call whose server has given no sign of life in time. */
export function fellSilent({ destination, method, extras }: Outgoing, server: string | undefined): RpcError {
  const monitor = extras?.monitor;
  const who =
    server === undefined ? `no server of ${destination} has said that it runs it` : `server ${server} has fallen silent`;
  return new RpcError('deadline_exceeded', `${method.label}: ${who}; it was to give a sign of life every ${monitor} ms`, {
    retryable: method.definition.idempotent,
    data: { kind: 'heartbeat', monitor, ...(server !== undefined && { server }) },
  });
}

/** A call that nobody took, though servers said that they serve it. */
export function cameAndWent({ destination, method }: Outgoing): RpcError {
  return new RpcError('no_servers', `servers of ${destination} come and go: nobody took ${method.label}, twice`);
}

/** A call ended by its caller's signal. */
export function cancelled(method: ClientMethod, executed: 'no' | 'maybe'): RpcError {
  const when = executed === 'no' ? 'before it was sent' : 'while it was under way';
  return new RpcError('cancelled', `${method.label} was cancelled ${when}`, { executed });
}

/** An error of encoding or sending a request, with the method's name in front. What a transport throws of another class says nothing of what was sent. */
export function inRequest(method: ClientMethod, thrown: unknown): RpcError {
  const { code, rawMessage, executed: known, retryable, data, cause } = RpcError.from(thrown);
  const executed = isRpcError(thrown) ? known : 'maybe';
  const where = code === 'payload_too_large' ? { ...data, where: 'request' as const } : data;
  return new RpcError(code, `${method.label}: ${rawMessage}`, { executed, retryable, data: where, cause });
}
