/** Why Concord differs from oslo.messaging, one row a reason: the text of docs/OSLO-DIFFERENCES.md, which is held to it. */
import type { ErrorCode } from 'concord-rpc';

/** One reason to differ, in words for users of oslo.messaging. */
export interface Difference {
  readonly oslo: string;
  readonly concord: string;
  readonly why: string;
}

export const DIFFERENCES = {
  revision: {
    oslo: 'A version can have a third part, `1.2.3`. It counts only if the minors are equal.',
    concord: '`invalid_version`: a version is `major.minor`.',
    why: 'Every version that a call can need is a subject at the broker. A third part would multiply the subjects, and a minor can express the same.',
  },
  'integer-range': {
    oslo: 'Numbers of any size.',
    concord: '`invalid_version` above 2147483647.',
    why: 'Every language at the other end of the wire compares these numbers exactly.',
  },
  'malformed-version': {
    oslo: 'A malformed version (`1`, `1.x`, `queens`, the number 1.5) raises `ValueError`, `IndexError` or `AttributeError` when a message is compared with it; only `prepare(version=)` checks earlier.',
    concord:
      '`invalid_version` when the contract is registered or the client is created. A server replies to an invalid subject with `protocol_error`.',
    why: 'A typing mistake fails at start, with one sentence, and not in production with the first message.',
  },
  'lenient-parsing': {
    oslo: 'A version is accepted if the compared part can be parsed: ` 1.0`, `01.0`, `+1.0`, `-1.0`, `2.x` with another major, `1.2.3.9.9`. Without a cap, any string is sent.',
    concord: '`invalid_version`, whatever version it is compared with.',
    why: 'One version has one spelling, so that equal versions are equal strings in subjects, contracts and logs.',
  },
  'no-version': {
    oslo: 'A version of `None` is not 1.0: under any cap it is refused, and every endpoint refuses a message with a version of null. Without a cap it is left out of the message, which means 1.0.',
    concord:
      'A call always has a version. It is computed from the arguments, and is 1.0 if the contract names none. `$with` takes no version. A server replies to a subject without a version with `protocol_error`.',
    why: 'Callers do not write the version of a call, so they cannot forget it or unset it.',
  },
  'empty-text': {
    oslo: 'An empty endpoint version is 1.0; an empty namespace or method name is a name like any other.',
    concord: '`invalid_version` or `invalid_target` at registration. Leave it out to get the default.',
    why: 'An empty string is mostly a missing setting, and a subject cannot carry it.',
  },
  'can-send-by-call': {
    oslo: '`can_send_version("1.4")` asks about a version.',
    concord:
      '`$canSend("getPorts", host, filter)` asks about a call; a name that is not a method of the contract is `invalid_argument`.',
    why: 'The caller knows the call. The framework computes the version.',
  },
  'target-by-contract': {
    oslo: '`prepare(exchange=, topic=, namespace=, version=, fanout=)` replaces or unsets the settings of the client.',
    concord:
      '`invalid_argument`: the contract has the address, and `mode: "fanout"` marks the methods that are always sent to all servers. For another address, create a client of a class with that address. Each call is sent with the version that it needs.',
    why: 'The address and the version of an interface are the same for all its users, and are written once.',
  },
  'no-topic': {
    oslo: 'A client can be created without a topic, which `prepare` sets later. Sending without a topic is `InvalidTarget`, but a call with fanout is refused first, because of the fanout.',
    concord: '`invalid_target` when the client is created.',
    why: 'A mistake fails at the line that contains it.',
  },
  'fanout-flag': {
    oslo: 'Any truthy `fanout` is fanout: `1`, the string `false`.',
    concord: '`invalid_contract`: `mode` is one of four words.',
    why: 'A typing mistake must not send to every server.',
  },
  'argument-names': {
    oslo: 'Arguments cannot be called `ctxt` or `method`: `TypeError`.',
    concord: 'They can have any name.',
    why: 'The arguments belong to the method; data of the framework is sent beside them.',
  },
  'timeout-range': {
    oslo: 'A negative timeout is accepted, and fails inside the driver.',
    concord: '`invalid_argument`: more than 0 milliseconds.',
    why: 'A mistake fails at the line that contains it.',
  },
  retry: {
    oslo: '`retry` is the number of attempts to reach the broker, without end by default: messages wait for the broker.',
    concord:
      'A number is `invalid_argument`. Without a connection, the call fails at once with `not_connected`, which proves that nothing was sent.',
    why: 'A caller must know that the broker is not reachable, and a message that is sent much later can do harm.',
  },
  'driver-error': {
    oslo: "An exception that is not the driver's own is raised unchanged; a `TransportDriverError` is raised as `AttributeError`, because of a bug in 14.0.3.",
    concord: '`internal` with `executed: "maybe"`, and the exception as `cause`.',
    why: 'Callers handle one class of errors, which says whether the call can have run.',
  },
  'absent-server': {
    oslo: '`MessagingTimeout` after the whole timeout, as for a slow server.',
    concord: '`no_servers` at once, with `executed: "no"`.',
    why: 'The broker knows that no server is subscribed.',
  },
  'exchange-isolation': {
    oslo: 'The RabbitMQ driver names queues after the topic only: servers of another exchange with the same topic receive calls, and every fanout.',
    concord: 'A message stays in its exchange.',
    why: 'An exchange exists to separate messages.',
  },
  'short-monitor': {
    oslo: 'With `call_monitor_timeout=1` the server sends no heartbeat, and the client gives up a call that runs normally.',
    concord: '`monitor` is in milliseconds, at least 100, and the server sends two heartbeats in that time.',
    why: 'Every accepted value must work.',
  },
  'watchdog-leak': {
    oslo: 'A monitored call that the server refuses leaves a thread that sends heartbeats without end.',
    concord: 'Heartbeats begin and end with the handler.',
    why: 'A refused call has ended.',
  },
  'unknown-namespace': {
    oslo: '`UnsupportedVersion`, although the version is not the reason.',
    concord: '`unknown_namespace`, with the namespaces that are served.',
    why: 'An error states the true reason.',
  },
  'unrelated-endpoint': {
    oslo: '`NoSuchMethod` for a version that is too new, if another interface in the namespace fits the version.',
    concord: '`unsupported_version`, with the version of the endpoint that has the method.',
    why: 'An error states the true reason: the method exists, and its server is too old.',
  },
  'nothing-to-serve': {
    oslo: 'A server without endpoints starts, and replies to every call with `UnsupportedVersion`.',
    concord: '`start` rejects with `invalid_contract`.',
    why: 'A server that serves nothing is a mistake in its set-up, and fails at start.',
  },
  executor: {
    oslo: 'The handlers of a server run in an executor, `threading` or `eventlet`; another name is `ExecutorLoadFailure`.',
    concord: 'Handlers run in the event loop. There is no option to change this, also not in the types.',
    why: 'Node has one way to run them.',
  },
  pool: {
    oslo: 'Requests beyond the pool of threads are acknowledged and wait in the process. Idle servers cannot take them, and they are lost if the process dies.',
    concord: 'No pool of threads: a handler starts when its message arrives.',
    why: 'A waiting handler uses no thread.',
  },
  wait: {
    oslo: '`wait()` without `stop()` waits until the server is stopped, or raises `TaskTimeout`.',
    concord:
      '`stop()` does both: the server unsubscribes, and the promise resolves when the running handlers have ended, as `wait` does.',
    why: 'Without a stop there is nothing to wait for.',
  },
  reset: {
    oslo: '`reset()` does nothing.',
    concord: 'There is no such method.',
    why: 'A method without effect is not needed.',
  },
  attribute: {
    oslo: 'A public attribute of an endpoint counts as a method: calling it is a `TypeError`, and it hides methods of later endpoints.',
    concord: '`no_such_method`. Decorating what is not a method is refused at registration.',
    why: 'The interface is the decorated methods, and nothing else.',
  },
  'static-method': {
    oslo: 'Static methods can be called.',
    concord: '`invalid_contract` if one is decorated.',
    why: 'In JavaScript they are not members of the serving instance.',
  },
  'target-attribute': {
    oslo: 'The target is an attribute of the endpoint object: a falsy value means the default target, and any other value that is not a `Target` is a `TypeError`.',
    concord: 'The target is in `@Endpoint` of the class; anything else is `invalid_target` at registration.',
    why: 'Client and server read it from the same class.',
  },
  'legacy-policy': {
    oslo: '`LegacyRPCAccessPolicy` exposes every member, also `__init__`.',
    concord: '`no_such_method`: only decorated methods can be called, and no setting changes that.',
    why: 'A setting must not expose a method that was not meant to be remote.',
  },
  ping: {
    oslo: '`rpc_ping_enabled` adds an endpoint with `oslo_rpc_server_ping` at 1.0 in the null namespace: clients of other namespaces or majors cannot reach it, and 1.0 calls that fit no endpoint become `NoSuchMethod`.',
    concord:
      'Every server replies to `ping` in the namespace `_concord`, whatever its endpoints are; replies to other calls do not change.',
    why: 'A check for a live server must not depend on its endpoints, nor change them.',
  },
  sleep: {
    oslo: "Neutron's BackingOffClient sleeps for a random part of its timeout, up to `rpc_response_timeout`, before it raises `MessagingTimeout`.",
    concord:
      'The error is raised at the deadline. The timeouts are the same: `retry.timeoutBackoff` doubles them up to `longest`, by method. But each client has its own timeouts, and calls that reach the same timeout together double it once.',
    why: 'A longer wait for an error does not help the caller; the random delay before a retry spreads the callers. With one table for the whole process, one slow topic slows down another.',
  },
} as const satisfies Record<string, Difference>;

/** A row of the table above. */
export type Reason = keyof typeof DIFFERENCES;

/** The names of the same failure in oslo.messaging and Concord, for cases that match. */
export const SAME_FAILURE = {
  RPCVersionCapError: { means: "the call needs more than the client's cap; nothing was sent", code: 'version_capped' },
  UnsupportedVersion: { means: 'the namespace is served, at other versions', code: 'unsupported_version' },
  NoSuchMethod: { means: 'an endpoint serves the version, and has no such method', code: 'no_such_method' },
  TypeError: { means: 'the arguments do not fit the method; the handler did not run', code: 'invalid_argument' },
  MessagingTimeout: { means: 'no reply arrived before the deadline', code: 'deadline_exceeded' },
  MessageDeliveryFailure: { means: 'there is no connection to the broker; nothing was sent', code: 'not_connected' },
  InvalidTarget: { means: 'a call with fanout; nothing was sent', code: 'invalid_target' },
  ExpectedException: {
    means: 'the handler raised an expected exception, which is not logged as a failure',
    code: 'internal',
  },
  ValueError: {
    means: 'the handler raised an exception, of this or any other class; no other endpoint was tried',
    code: 'internal',
  },
} as const satisfies Record<string, { means: string; code: ErrorCode }>;

/** The code for an error of oslo.messaging in a case that matches. */
export function sameFailure(error: string): ErrorCode {
  return SAME_FAILURE[error as keyof typeof SAME_FAILURE].code;
}
