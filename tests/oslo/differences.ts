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
} as const satisfies Record<string, Difference>;

/** A row of the table above. */
export type Reason = keyof typeof DIFFERENCES;

/** What Concord calls the same failure, where the two agree on what happened. */
export const SAME_FAILURE = {
  RPCVersionCapError: { means: "the call needs more than the client's cap; nothing was sent", code: 'version_capped' },
  UnsupportedVersion: { means: 'the namespace is there, at other versions', code: 'unsupported_version' },
  NoSuchMethod: { means: 'an endpoint fits, and has no such method', code: 'no_such_method' },
  TypeError: { means: 'the arguments do not fit the method; the handler did not run', code: 'invalid_argument' },
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
