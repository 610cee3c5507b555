/** The permissions of a user: for each part of its role, the subjects that it may publish and subscribe to. */
import {
  CANCEL,
  CREDIT,
  DESCRIBE,
  PING,
  permitted,
  presence,
  replySubjects,
  subjects,
  USAGE,
  WATCH,
} from '@concord-rpc/core/wire';
import { DIRECTIONS } from './directions';
import { type KnownInterface, topicOf } from './known-interfaces';
import type { Grant, ResolvedRole } from './resolved-roles';
import type { AclUser } from './users';

/** One subject. */
export interface Permission {
  readonly subject: string;
  /** The queue group in which alone a user may subscribe. */
  readonly queue?: string;
  /** Its purpose. */
  readonly why: string;
}

/** The subjects that a user may use. The broker refuses all others. */
export interface Permissions {
  readonly publish: readonly Permission[];
  readonly subscribe: readonly Permission[];
}

/** A user with its role, and the facts about all users that its permissions depend on. */
export interface PermissionsQuestion {
  readonly role: ResolvedRole;
  readonly user: AclUser;
  readonly root: string;
  /** The inboxes of users that ask by NATS's services protocol with other tools. */
  readonly operators: readonly string[];
}

/** A part of a role, and the permissions that it needs. */
interface RolePart {
  has(role: ResolvedRole): boolean;
  permissions(question: PermissionsQuestion): Permissions;
}

/** The parts of roles. */
const PARTS: readonly RolePart[] = [
  { has: ({ grants }) => grants.length > 0, permissions: callerPermissions },
  { has: ({ serves }) => serves.length > 0, permissions: serverPermissions },
  { has: ({ operates }) => operates, permissions: operatorPermissions },
  { has: ({ observes }) => observes, permissions: observerPermissions },
  {
    has: () => true,
    permissions: ({ user, root }) => ({
      publish: [],
      subscribe: [{ subject: replySubjects.everythingTo(root, user.inbox), why: 'its replies' }],
    }),
  },
];

/** Returns the permissions of a user, without duplicates. */
export function permissionsOf(question: PermissionsQuestion): Permissions {
  const parts = PARTS.filter(({ has }) => has(question.role)).map(({ permissions }) => permissions(question));
  return {
    publish: unique(parts.flatMap(({ publish }) => publish)),
    subscribe: unique(parts.flatMap(({ subscribe }) => subscribe)),
  };
}

/** Methods, and what a client needs beside them to know which servers run, and to end and continue what it began. */
function callerPermissions({ role: { grants }, root }: PermissionsQuestion): Permissions {
  const methods = grants.flatMap((grant) => methodSubjects(grant, root));
  const topics = [...new Set(grants.map(({ endpoint }) => topicOf(endpoint)))];
  const beside = topics.map((topic) =>
    besideMethods(
      grants.filter(({ endpoint }) => topicOf(endpoint) === topic),
      root,
    ),
  );
  return {
    publish: [...methods, ...beside.flatMap(({ publish }) => publish)],
    subscribe: beside.flatMap(({ subscribe }) => subscribe),
  };
}

function methodSubjects({ endpoint, name, method, direction, server }: Grant, root: string): readonly Permission[] {
  const { is, delivery } = DIRECTIONS[direction];
  const prefix = permitted.prefixOf(delivery, { root, ...addressOf(endpoint) }, server);
  return [...endpoint.namespaces].flatMap((namespace) =>
    [...method.names].map((each) => ({
      subject: permitted.everyMinor(prefix, { namespace, major: endpoint.major, method: each }),
      why: `${is}: ${endpoint.key}.${each === name ? name : `${each}, the former name of ${name}`}`,
    })),
  );
}

function besideMethods(grants: readonly Grant[], root: string): Permissions {
  const address = { root, ...addressOf(grants[0]!.endpoint) };
  const [all, one] = [permitted.prefixOf('all', address), permitted.prefixOf('to', address)];
  const waits = grants.some(({ direction, method }) => direction !== 'cast' && direction !== 'fanout' && method.mode !== 'cast');
  const streams = grants.some(({ method }) => method.mode === 'stream');
  return {
    publish: [
      { subject: subjects.systemSubject(all, PING), why: 'which servers run' },
      { subject: subjects.systemSubject(one, PING), why: 'whether a server still runs' },
      ...eachNamespace(grants.map(({ endpoint }) => endpoint)).map((namespaced) => ({
        subject: permitted.exactVersions(address, namespaced),
        why: 'which versions run',
      })),
      ...(waits ? [{ subject: subjects.systemSubject(one, CANCEL), why: 'the end of a call that it began' }] : []),
      ...(streams ? [{ subject: subjects.systemSubject(one, CREDIT), why: 'more items of a stream that it began' }] : []),
    ],
    subscribe: [{ subject: presence.everySign(address), why: 'signs of servers' }],
  };
}

function serverPermissions({ role: { serves }, user, root, operators }: PermissionsQuestion): Permissions {
  const topics = [...new Set(serves.map(topicOf))].map((topic) => serves.filter((each) => topicOf(each) === topic));
  const served = topics.map((endpoints) => topicPermissions(endpoints, user, root));
  return {
    publish: [
      ...served.flatMap(({ publish }) => publish),
      { subject: replySubjects.everythingTo(root, undefined), why: 'replies: their subjects have a secret' },
      ...operators.map((inbox) => ({ subject: permitted.natsInbox(inbox), why: `answers to tools of ${inbox}` })),
    ],
    subscribe: [
      ...served.flatMap(({ subscribe }) => subscribe),
      { subject: permitted.SERVICE_QUESTIONS, why: 'questions of the services protocol' },
    ],
  };
}

function topicPermissions(endpoints: readonly KnownInterface[], { server }: AclUser, root: string): Permissions {
  const address = { root, ...addressOf(endpoints[0]!) };
  const { topic: queue } = address;
  const [any, own] = [permitted.prefixOf('any', address), permitted.prefixOf('to', address, server)];
  return {
    publish: [
      { subject: presence.signSubject(address, server), why: 'its signs' },
      { subject: permitted.claimsOf(address, server), why: 'claims of its name' },
      { subject: subjects.systemSubject(own, PING), why: 'whether its name is taken' },
      { subject: permitted.seenOf(address, server), why: 'its calls, for observers' },
    ],
    subscribe: [
      ...eachNamespace(endpoints).flatMap((namespaced) => [
        { subject: permitted.everyMinor(any, namespaced), queue, why: 'calls, in the queue group of the topic' },
        { subject: permitted.exactVersions(address, namespaced), queue, why: 'questions for its version' },
        { subject: permitted.everyMinor(own, namespaced), why: 'messages to this server' },
      ]),
      { subject: permitted.everySystemMethod(own), why: 'questions to this server' },
      { subject: subjects.everythingUnder(permitted.prefixOf('all', address)), why: 'messages to every server' },
      { subject: presence.everySign(address), why: 'signs of servers' },
      { subject: permitted.claimsOf(address, server), why: 'claims of its name' },
    ],
  };
}

/** The questions of the commands that call no method, on every topic. */
function operatorPermissions({ user, root }: PermissionsQuestion): Permissions {
  const address = permitted.everyTopic(root);
  const [all, one] = [permitted.prefixOf('all', address), permitted.prefixOf('to', address)];
  return {
    publish: [
      ...[PING, DESCRIBE].flatMap((method) => [
        { subject: subjects.systemSubject(all, method), why: `${method} of every server` },
        { subject: subjects.systemSubject(one, method), why: `${method} of a server` },
      ]),
      { subject: subjects.systemSubject(one, USAGE), why: 'who calls a server' },
      { subject: permitted.SERVICE_QUESTIONS, why: 'questions of the services protocol' },
    ],
    subscribe: [
      { subject: permitted.natsInbox(user.inbox), why: 'replies to the command nats' },
      { subject: presence.everySignOfAll(root), why: 'signs of servers' },
    ],
  };
}

/** The question of `concord watch`, and what it shows, on every topic. */
function observerPermissions({ root }: PermissionsQuestion): Permissions {
  const address = permitted.everyTopic(root);
  const [all, one] = [permitted.prefixOf('all', address), permitted.prefixOf('to', address)];
  return {
    publish: [
      { subject: subjects.systemSubject(all, PING), why: 'which servers run' },
      { subject: subjects.systemSubject(one, PING), why: 'whether a server still runs' },
      { subject: subjects.systemSubject(one, WATCH), why: 'the calls of a server' },
      { subject: permitted.SERVICE_QUESTIONS, why: 'questions of the services protocol' },
    ],
    subscribe: [
      { subject: permitted.seenOf(address), why: 'calls of servers' },
      { subject: presence.everySignOfAll(root), why: 'signs of servers' },
    ],
  };
}

function addressOf({ exchange, topic }: KnownInterface): { readonly exchange: string; readonly topic: string } {
  return { exchange, topic };
}

/** Each namespace and major of some interfaces. */
function eachNamespace(endpoints: readonly KnownInterface[]): readonly permitted.PermittedMethod[] {
  return endpoints.flatMap(({ namespaces, major }) => [...namespaces].map((namespace) => ({ namespace, major })));
}

function unique(permissions: readonly Permission[]): readonly Permission[] {
  const found = new Map(permissions.map((each) => [`${each.subject} ${each.queue ?? ''}`, each]));
  return [...found.values()];
}
