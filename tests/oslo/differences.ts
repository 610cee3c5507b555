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
    oslo: 'Versions may have a third part, `1.2.3`. It counts only while the minors are equal.',
    concord: '`invalid_version`: a version is `major.minor`.',
    why: 'Every version that a call can need is a subject at the broker. A third part would multiply the subjects, and says nothing that a minor cannot say.',
  },
  'integer-range': {
    oslo: 'Numbers of any size.',
    concord: '`invalid_version` above 2147483647.',
    why: 'Every language at the other end of the wire compares these numbers exactly.',
  },
  'malformed-version': {
    oslo: 'A version that cannot be read (`1`, `1.x`, `queens`, the number 1.5) raises `ValueError`, `IndexError` or `AttributeError` when a message meets it; only `prepare(version=)` looks earlier.',
    concord:
      '`invalid_version` when the contract is registered or the client made. A server answers a subject that is none with `protocol_error`.',
    why: 'A typing mistake shows at start, in one sentence, and not in production with the first message.',
  },
  'lenient-parsing': {
    oslo: 'A version passes if the part that matters can be read: ` 1.0`, `01.0`, `+1.0`, `-1.0`, `2.x` beside another major, `1.2.3.9.9`. With no cap, any text is sent.',
    concord: '`invalid_version`, whatever stands on the other side.',
    why: 'One version has one spelling, so that equal versions are equal texts in subjects, contracts and logs.',
  },
  'no-version': {
    oslo: 'A version of `None` is not 1.0: under any cap it is refused, and a message that carries null is refused by every endpoint. Without a cap it is left out of the message, and that is 1.0.',
    concord:
      'A call always has a version, computed from what is passed, 1.0 where the contract names none. `$with` takes no version, and a subject without one is answered with `protocol_error`.',
    why: 'Nobody writes the version of a call, so nobody can forget it or unset it.',
  },
  'empty-text': {
    oslo: 'An empty endpoint version is 1.0; an empty namespace or method name is a name like any other.',
    concord: '`invalid_version` or `invalid_target` at registration. Leave it out to get the default.',
    why: 'An empty text is a setting that got lost. A subject cannot carry it either.',
  },
  'can-send-by-call': {
    oslo: '`can_send_version("1.4")` asks about a version.',
    concord: '`$canSend("getPorts", host, filter)` asks about a call; what is no method of the contract is `invalid_argument`.',
    why: 'The caller knows the call. The version is for the framework to know.',
  },
  'target-by-contract': {
    oslo: '`prepare(exchange=, topic=, namespace=, version=, fanout=)` replaces or unsets what the client was made with.',
    concord:
      '`invalid_argument`: the contract says where it is served, and `mode: "fanout"` which of its methods go to all and only there. For another address, make a client of a class that has it; each call is sent as the version that it needs.',
    why: 'Where an interface is served, and at which version, is the same for all who use it, and is written once.',
  },
  'no-topic': {
    oslo: 'A client can be made without a topic, which `prepare` gives later. Without one sending is `InvalidTarget`, but a call with fanout is refused for that first.',
    concord: '`invalid_target` when the client is made.',
    why: 'A mistake shows where it was made.',
  },
  'fanout-flag': {
    oslo: 'Any truthy `fanout` is fanout: `1`, the text `false`.',
    concord: '`invalid_contract`: `mode` is one of four words.',
    why: 'A typing mistake must not send to every server.',
  },
  'argument-names': {
    oslo: 'Arguments cannot be called `ctxt` or `method`: `TypeError`.',
    concord: 'They can have any name.',
    why: "A method's arguments are its own; what the framework has to say travels beside them.",
  },
  'timeout-range': {
    oslo: 'A negative timeout passes, and fails deep in the driver.',
    concord: '`invalid_argument`: more than 0 milliseconds.',
    why: 'A mistake shows where it was made.',
  },
  retry: {
    oslo: '`retry` is how often the broker is tried, for ever unless it is said: messages wait for it.',
    concord:
      'A number is `invalid_argument`. Without a connection nothing waits: `not_connected` at once, which says that nothing was sent.',
    why: 'Who waits for a broker that is away had better know it, and a message that is sent much later had better not be.',
  },
  'driver-error': {
    oslo: "An exception that is none of the driver's own comes out of the call as it is; a `TransportDriverError` comes as `AttributeError`, by a mistake in 14.0.3.",
    concord: '`internal` with `executed: "maybe"`, and the exception as `cause`.',
    why: 'Callers handle one class of errors, which says whether the call may have run.',
  },
  'absent-server': {
    oslo: '`MessagingTimeout` when the whole time is over, as with a slow server.',
    concord: '`no_servers` at once, with `executed: "no"`.',
    why: 'The broker knows that nobody listens.',
  },
  'exchange-isolation': {
    oslo: 'The RabbitMQ driver names queues after the topic only: servers of another exchange with the same topic take calls, and get every fanout.',
    concord: 'A message stays in its exchange.',
    why: 'That is what an exchange is for.',
  },
  'short-monitor': {
    oslo: 'With `call_monitor_timeout=1` the server gives no sign of life, and the client gives up a call that is well.',
    concord: '`monitor` is in milliseconds, 100 or more, and the server gives two signs in that time.',
    why: 'What can be set works.',
  },
  'watchdog-leak': {
    oslo: 'A monitored call that the server refuses leaves a thread behind that gives signs of life for ever.',
    concord: 'Signs of life begin when the handler does, and end with it.',
    why: 'A refused call is over.',
  },
  'unknown-namespace': {
    oslo: '`UnsupportedVersion`, although the version is not what is wrong.',
    concord: '`unknown_namespace`, with the namespaces that are there.',
    why: 'An error says what is true.',
  },
  'unrelated-endpoint': {
    oslo: '`NoSuchMethod` of a version that is too new, if another interface in the namespace happens to fit it.',
    concord: '`unsupported_version`, with what the endpoint that has the method serves.',
    why: 'An error says what is true: the method exists, its server is behind.',
  },
  'nothing-to-serve': {
    oslo: 'A server without endpoints starts, and answers everything with `UnsupportedVersion`.',
    concord: '`start` rejects with `invalid_contract`.',
    why: 'A server that serves nothing is a mistake in its setup, and shows when it starts.',
  },
  executor: {
    oslo: 'The handlers of a server run in an executor, `threading` or `eventlet`; another name is `ExecutorLoadFailure`.',
    concord: 'There is none to choose, and no such option in the type of the settings: handlers run in the event loop.',
    why: 'Node has one way to run them.',
  },
  pool: {
    oslo: 'Requests beyond the pool of threads are acknowledged, and wait in the process: out of reach of idle servers, and lost with it.',
    concord: 'No pool of threads: a handler starts when its message comes.',
    why: 'Handlers that wait cost no thread.',
  },
  wait: {
    oslo: '`wait()` without `stop()` waits until somebody stops the server, or is `TaskTimeout`.',
    concord: '`stop()` does both: the server listens no more, while its promise is the `wait` for the handlers that run.',
    why: 'Nobody can wait for what was not asked for.',
  },
  reset: {
    oslo: '`reset()` does nothing.',
    concord: 'There is none.',
    why: 'What does nothing need not be called.',
  },
  attribute: {
    oslo: 'A public attribute of an endpoint counts as a method: calling it is a `TypeError`, and it hides methods of later endpoints.',
    concord: '`no_such_method`. Decorating what is not a method is refused at registration.',
    why: 'The interface is what was decorated, and nothing besides.',
  },
  'static-method': {
    oslo: 'Static methods can be called.',
    concord: '`invalid_contract` if one is decorated.',
    why: 'In JavaScript they are not members of the instance that serves.',
  },
  'target-attribute': {
    oslo: 'The target is an attribute of the endpoint object: a falsy one is the default, another that is no `Target` a `TypeError`.',
    concord: 'The target is what `@Endpoint` says of the class; anything else is `invalid_target` at registration.',
    why: 'Client and server read it from the same class.',
  },
  'legacy-policy': {
    oslo: '`LegacyRPCAccessPolicy` exposes every member, `__init__` too.',
    concord: '`no_such_method`: only decorated methods can be called, and no setting changes that.',
    why: 'A method that was never meant to be remote must not become so by a setting.',
  },
  ping: {
    oslo: '`rpc_ping_enabled` adds an endpoint with `oslo_rpc_server_ping` at 1.0 in the null namespace: clients of other namespaces or majors cannot reach it, and 1.0 calls that fit no endpoint become `NoSuchMethod`.',
    concord:
      'Every server answers `ping` in the namespace `_concord`, whatever its endpoints are; the answers to other calls stay as they are.',
    why: 'Asking whether a server is there must not depend on what it serves, nor change it.',
  },
  sleep: {
    oslo: "Neutron's BackingOffClient sleeps for a random part of its time-out, up to `rpc_response_timeout`, before it raises `MessagingTimeout`.",
    concord:
      'The error goes out at the deadline. The time-outs are the same: `retry.timeoutBackoff` doubles them up to `longest`, by method; but for each client by itself, and once for calls that run into the same one together.',
    why: 'A caller that waits for an error learns nothing by waiting longer; what spreads callers is the random delay before a retry. A table for the whole process lets one slow topic slow down another.',
  },
} as const satisfies Record<string, Difference>;

/** A row of the table above. */
export type Reason = keyof typeof DIFFERENCES;

/** What Concord calls the same failure, where the two agree on what happened. */
export const SAME_FAILURE = {
  RPCVersionCapError: { means: "the call needs more than the client's cap; nothing was sent", code: 'version_capped' },
  UnsupportedVersion: { means: 'the namespace is there, at other versions', code: 'unsupported_version' },
  NoSuchMethod: { means: 'an endpoint fits, and has no such method', code: 'no_such_method' },
  TypeError: { means: 'the arguments do not fit the method; the handler did not run', code: 'invalid_argument' },
  MessagingTimeout: { means: 'no answer came in time', code: 'deadline_exceeded' },
  MessageDeliveryFailure: { means: 'there is no connection to the broker; nothing was sent', code: 'not_connected' },
  InvalidTarget: { means: 'a call of what goes to every server; nothing was sent', code: 'invalid_target' },
  ExpectedException: {
    means: 'the handler raised an exception that it expects: no failure, and not logged as one',
    code: 'internal',
  },
  ValueError: { means: 'the handler raised an exception, of this or any class; no other endpoint was tried', code: 'internal' },
} as const satisfies Record<string, { means: string; code: ErrorCode }>;

/** The code for an error of oslo.messaging in a case that matches. */
export function sameFailure(error: string): ErrorCode {
  return SAME_FAILURE[error as keyof typeof SAME_FAILURE].code;
}
