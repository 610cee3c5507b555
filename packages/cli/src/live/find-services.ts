/** Finds what a live fleet serves: asks all servers by NATS's services protocol, in which each server names its topics. */
import { randomBytes } from 'node:crypto';
import type { Connection } from '@concord-rpc/client';
import { RpcError } from '@concord-rpc/core';
import { isServerName, isToken } from '@concord-rpc/core/engine';
import { ONCE_A_TOPIC, questionSubject, replySubjects } from '@concord-rpc/core/wire';
import type { TopicAddress } from './ask-contracts';

/** Milliseconds within which the first answer has to come. */
const FIRST = 2_000;
/** Least milliseconds without an answer after which no further one is expected. A fleet whose answers took longer gets half of their time. */
const QUIET = 500;
/** Longest time in milliseconds, and most answers that are kept, however many programs answer. */
const LONGEST = 15_000;
const MOST = 200_000;

const TOPIC = /^([A-Za-z0-9_-]{1,64})\/([A-Za-z0-9_-]{1,64})$/;
const SEMVER = /^(\d{1,10}\.\d{1,10})\.\d+$/;

/** One interface of one server. */
export interface FoundService extends TopicAddress {
  readonly server: string;
  /** The name of the contract. */
  readonly name: string;
  /** `major.minor`. */
  readonly version: string;
}

/** The services to find. */
export interface WantedServices {
  /** The name of a contract; every service by default. */
  readonly name?: string;
  /** Asks each server for one of its services on each topic. Releases that do not know this question answer with every service. */
  readonly eachTopic?: boolean;
  /** Called with each answer, before the last one has come. */
  onFound?(service: FoundService): void;
}

/**
 * Asks every service, or those of one name. Services of other programs are left out.
 *
 * @throws RpcError `permission_denied` if the broker does not let this connection ask.
 */
export async function findServices(
  { transport }: Connection,
  { name, eachTopic, onFound }: WantedServices = {},
): Promise<readonly FoundService[]> {
  const question = questionSubject('PING', name);
  const token = () => randomBytes(8).toString('hex');
  const reply = replySubjects.subjectOf(replySubjects.prefixOf(transport.root, transport.inbox ?? token(), token()), token(), 0);
  const found = new Map<string, FoundService>();
  let refusal: RpcError | undefined;
  let end: () => void = () => undefined;
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const askedAt = performance.now();
  let lastAt: number | undefined;
  /** Ends the search if the last answer is old enough; else looks again when it would be. */
  const look = () => {
    clearTimeout(timer);
    const now = performance.now();
    const expectedBy = lastAt === undefined ? askedAt + FIRST : lastAt + Math.max(QUIET, (lastAt - askedAt) / 2);
    const left = Math.min(expectedBy, askedAt + LONGEST) - now;
    if (left <= 0) end();
    else timer = setTimeout(look, left);
  };
  const deny = (subject: string) => {
    refusal = new RpcError('permission_denied', `the broker's permissions do not let this user use ${subject}`);
    end();
  };
  const subscription = transport.subscribe(reply, {
    deliver: ({ data }) => {
      const isFirst = lastAt === undefined;
      lastAt = performance.now();
      if (isFirst) look();
      const service = serviceIn(data);
      if (service === undefined || found.size >= MOST) return;
      const { exchange, topic, server, name: contract, version } = service;
      found.set([exchange, topic, server, contract, version].join(' '), service);
      onFound?.(service);
    },
    noResponders: () => end(),
    onRefused: () => deny(reply),
  });
  const forget = transport.onPublishRefused((subject) => {
    if (subject === question) deny(subject);
  });
  try {
    transport.publish(question, Buffer.from(eachTopic === true ? ONCE_A_TOPIC : ''), reply);
    look();
    await ended;
  } finally {
    clearTimeout(timer);
    forget();
    void subscription.drain();
  }
  if (refusal !== undefined) throw refusal;
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, service]) => service);
}

/** Reads the answer of a service; `undefined` if it is not one of Concord's. */
function serviceIn(data: Uint8Array): FoundService | undefined {
  try {
    const { name, version: semver, metadata } = JSON.parse(Buffer.from(data).toString('utf8'));
    const [, exchange, topic] = TOPIC.exec(metadata['concord.topic']) ?? [];
    const [, version] = SEMVER.exec(semver) ?? [];
    const server: unknown = metadata['concord.server'];
    if (exchange === undefined || topic === undefined || version === undefined) return undefined;
    return isToken(name) && isServerName(server) ? { exchange, topic, server, name, version } : undefined;
  } catch {
    return undefined;
  }
}
