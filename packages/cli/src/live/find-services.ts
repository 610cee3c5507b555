/** Finds what a live fleet serves: asks all servers by NATS's services protocol, in which each server names its topics. */
import type { Connection } from '@concord-rpc/client';
import { isServerName, isToken } from '@concord-rpc/core/engine';
import { ONCE_A_TOPIC } from '@concord-rpc/core/wire';
import type { TopicAddress } from './ask-contracts';
import { askServices } from './ask-services';

/** Most answers that are stored, however many programs answer. */
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
  /** One interface of each server on each topic, which is answered faster than all. Servers of earlier releases answer for all. */
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
  connection: Connection,
  { name, eachTopic, onFound }: WantedServices = {},
): Promise<readonly FoundService[]> {
  const found = new Map<string, FoundService>();
  await askServices(connection, {
    verb: 'PING',
    name,
    content: eachTopic === true ? ONCE_A_TOPIC : '',
    onAnswer: (data) => {
      const service = readService(data)?.service;
      if (service === undefined || found.size >= MOST) return;
      const { exchange, topic, server, name: contract, version } = service;
      found.set([exchange, topic, server, contract, version].join(' '), service);
      onFound?.(service);
    },
  });
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, service]) => service);
}

/** Reads the answer of a service, and the other members of the answer; `undefined` if it is not one of Concord's. */
export function readService(
  data: Uint8Array,
): { readonly service: FoundService; readonly answer: Readonly<Record<string, unknown>> } | undefined {
  try {
    const answer = JSON.parse(Buffer.from(data).toString('utf8'));
    const { name, version: semver, metadata } = answer;
    const [, exchange, topic] = TOPIC.exec(metadata['concord.topic']) ?? [];
    const [, version] = SEMVER.exec(semver) ?? [];
    const server: unknown = metadata['concord.server'];
    if (exchange === undefined || topic === undefined || version === undefined) return undefined;
    if (!isToken(name) || !isServerName(server)) return undefined;
    return { service: { exchange, topic, server, name, version }, answer };
  } catch {
    return undefined;
  }
}
