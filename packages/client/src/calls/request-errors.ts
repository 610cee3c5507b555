/** Errors that a client raises by itself, without a reply of a server. */

import { isRpcError, RpcError } from '@concord-rpc/core';
import { formatVersion } from '@concord-rpc/core/engine';
import type { Outgoing } from '../connection/outgoing';
import { deniedReplies } from '../line/denied-replies';
import type { Ending } from '../line/pending-call';
import type { ClientMethod } from '../method/client-method';

/** The error of a call that ended without a reply. */
export function endingError(ending: Ending, { connection, method, minor, destination, timeout }: Outgoing): RpcError {
  const { label, definition, contract } = method;
  const retryable = definition.idempotent;
  switch (ending) {
    case 'deadline': {
      const version = formatVersion({ major: contract.version.major, minor });
      const sentence = `${label} (needs ${version}) got no answer from ${destination} within ${timeout} ms`;
      return new RpcError('deadline_exceeded', sentence, { retryable, data: { kind: 'deadline', timeout } });
    }
    case 'disconnected':
      return new RpcError('connection_lost', `the connection was lost while ${label} was in progress`, { retryable });
    case 'forbidden': {
      const subject = destination.subjects[method.index]?.[minor];
      const sentence = `the broker's permissions do not let this connection send ${label} to ${destination}: allow it to publish to ${subject}`;
      return new RpcError('permission_denied', sentence);
    }
    case 'deaf': {
      const sentence = `${label} was in progress: ${deniedReplies(connection.transport)}`;
      return new RpcError('permission_denied', sentence, { executed: 'maybe' });
    }
    case 'closed':
      return new RpcError('client_closed', `the transport was closed while ${label} was in progress`);
  }
}

/** The error of a stream whose server does not get the credit that it needs to send more items. `subject`: the one that the broker refuses. */
export function creditDenied({ method }: Outgoing, subject: string): RpcError {
  const sentence = `the broker's permissions do not let this connection ask for more items of ${method.label}: allow it to publish to ${subject}`;
  return new RpcError('permission_denied', sentence, { executed: 'maybe' });
}

/** The error of a call made inside a handler whose own caller has stopped waiting. */
export function outOfTime({ label }: ClientMethod, within: string): RpcError {
  const sentence = `${label} was not sent: no time is left of the request for ${within} that it is part of`;
  return new RpcError('deadline_exceeded', sentence, { executed: 'no', data: { kind: 'deadline' } });
}

/** The error of a monitored call that missed a heartbeat. `server`: the one that reported that it runs the call. */
export function silenceError({ destination, method, extras }: Outgoing, server: string | undefined): RpcError {
  const monitor = extras?.monitor;
  const what =
    server === undefined
      ? `no server of ${destination} reported that it runs the call`
      : `server ${server} stopped sending heartbeats`;
  return new RpcError('deadline_exceeded', `${method.label}: ${what}; one was due every ${monitor} ms`, {
    retryable: method.definition.idempotent,
    data: { kind: 'heartbeat', monitor, ...(server !== undefined && { server }) },
  });
}

/** The error of a call that a signal of its caller ended. */
export function cancelled({ label }: ClientMethod, executed: 'no' | 'maybe'): RpcError {
  const when = executed === 'no' ? 'before it was sent' : 'while it was in progress';
  return new RpcError('cancelled', `${label} was cancelled ${when}`, { executed });
}

/**
 * An error of encoding or sending a request, with the name of the method in front. If a transport throws an error of another class, it is unknown whether
 * the request was sent.
 */
export function inRequest({ label }: ClientMethod, thrown: unknown): RpcError {
  const { code, rawMessage, executed: known, retryable, data, cause } = RpcError.from(thrown);
  const executed = isRpcError(thrown) ? known : 'maybe';
  const where = code === 'payload_too_large' ? { ...data, where: 'request' as const } : data;
  return new RpcError(code, `${label}: ${rawMessage}`, { executed, retryable, data: where, cause });
}

/** The error of a call that no server took, if the announcements of the servers could not be judged. */
export function unjudged({ destination, method }: Outgoing, cause: unknown): RpcError {
  const sentence = `${method.label} was not delivered, and the answers of the servers of ${destination} could not be judged`;
  return new RpcError('protocol_error', sentence, { executed: 'no', cause });
}
