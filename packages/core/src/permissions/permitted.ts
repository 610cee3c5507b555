/** Subjects with wildcards, as the permissions of a broker name them. docs/guides/permissions.md. */
import {
  type Address,
  allPrefix,
  anyPrefix,
  type Delivery,
  everythingUnder,
  type MethodAddress,
  NULL_NAMESPACE,
  serverPrefix,
  systemSubject,
} from '../subjects/subjects';
import { signSubject } from '../wire/presence';
import { seenSubject } from '../wire/watching';

/** All questions of NATS's services protocol. */
export const SERVICE_QUESTIONS = '$SRV.>';

/** NATS's own reply subjects of one user, as its command uses them. */
export function natsInbox(inbox: string): string {
  return `_INBOX.${inbox}.>`;
}

/** Every topic under a root. */
export function everyTopic(root: string): Address {
  return { root, exchange: '*', topic: '*' };
}

/** The prefix of messages of a delivery. `to` is for the named server, or for each of them. */
export function prefixOf(delivery: Delivery, address: Address, server?: string): string {
  if (delivery === 'any') return anyPrefix(address);
  if (delivery === 'all') return allPrefix(address);
  return server === undefined ? `${address.root}.${address.exchange}.${address.topic}.to.*` : serverPrefix(address, server);
}

/** A method, or without one every method, of one major under one namespace. */
export interface PermittedMethod extends Pick<MethodAddress, 'namespace' | 'major'> {
  readonly method?: string;
}

/** `<prefix>.<namespace>.<major>[.<method>].>`: a method, or every method, at every minor. */
export function everyMinor(prefix: string, { namespace, major, method }: PermittedMethod): string {
  const start = `${prefix}.${namespace ?? NULL_NAMESPACE}.${major}`;
  return everythingUnder(method === undefined ? start : `${start}.${method}`);
}

/** `rpc.<exchange>.<topic>.at.<namespace>.<major>.>`: questions for the servers of each exact version of a major. */
export function exactVersions(address: Address, { namespace, major }: PermittedMethod): string {
  return everyMinor(`${address.root}.${address.exchange}.${address.topic}.at`, { namespace, major });
}

/** `rpc.<exchange>.<topic>.seen.<server>.*`: the calls of one server, or of each, for any observer. */
export function seenOf(address: Address, server?: string): string {
  const subject = seenSubject(address, server ?? 's', '*');
  return server === undefined ? subject.replace(/[^.]+\.\*$/, '*.*') : subject;
}

/** `<prefix>._concord.1.*.0`: every system method. */
export function everySystemMethod(prefix: string): string {
  return systemSubject(prefix, '*');
}

/** `rpc.<exchange>.<topic>.here.<server>.>`: the claims of the name of one server. */
export function claimsOf(address: Address, server: string): string {
  return everythingUnder(signSubject(address, server));
}
