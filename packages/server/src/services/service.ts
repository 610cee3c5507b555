/** One interface of a server as a service of the services protocol: its answers to PING, INFO and STATS. */
import { formatVersion, type MethodContract, statsOf } from '@concord-rpc/core/engine';
import {
  DESCRIBE,
  type MethodFigures,
  type ServiceEndpointInfo,
  type ServiceEndpointStats,
  type ServiceIdentity,
  type ServiceInfo,
  type ServicePing,
  type ServiceStats,
  type ServiceVerb,
  subjects,
  toSemVer,
} from '@concord-rpc/core/wire';
import type { Registration } from '../registration/registration';
import type { MethodTally } from '../request/served-method';

/** Most methods in one answer, so that it stays far below the payload of a broker. The metadata has the number of all. */
const MOST_METHODS = 256;
/** Most bytes of the answer to STATS with verdicts and times; without them it is smaller. */
const MOST_STATS = 262_144;
const NANOSECONDS = 1_000_000;

/** The facts of a service. */
export interface ServiceFacts {
  readonly server: string;
  readonly id: string;
  /** The first token of every subject. */
  readonly root: string;
  readonly registration: Registration;
  /** Returns the hash of the contract that `describe` sends. Called once, for the first question. */
  contractHash(): string;
  readonly started: Date;
}

/** One method as an endpoint of the protocol. */
interface Endpoint {
  readonly info: ServiceEndpointInfo;
  readonly tally: MethodTally;
}

/** A service. PING and INFO are encoded once, STATS when a count has changed. */
export class Service {
  readonly name: string;
  private readonly address: subjects.Address;
  private readonly endpoints: readonly Endpoint[];
  private known: ServiceIdentity | undefined;
  private ping: Uint8Array | undefined;
  private info: Uint8Array | undefined;
  private stats: Uint8Array | undefined;
  private counted = -1;

  constructor(private readonly facts: ServiceFacts) {
    const { registration, root } = facts;
    const { target } = registration.contract;
    const methods = [...registration.contract.methods.values()].slice(0, MOST_METHODS);
    this.endpoints = methods.map((method) => ({
      tally: registration.methods.get(method.name)!.tally,
      info: endpointInfo(method, registration, root),
    }));
    this.name = registration.contract.name;
    this.address = subjects.addressOf(target, root);
  }

  /** `exchange/topic`. */
  get topic(): string {
    const { exchange, topic } = this.facts.registration.contract.target;
    return `${exchange}/${topic}`;
  }

  get id(): string {
    return this.facts.id;
  }

  /** Returns the encoded answer to a question. */
  answer(verb: ServiceVerb): Uint8Array {
    switch (verb) {
      case 'PING':
        return (this.ping ??= encoded({ type: 'io.nats.micro.v1.ping_response', ...this.identity } satisfies ServicePing));
      case 'INFO':
        return (this.info ??= encoded({
          type: 'io.nats.micro.v1.info_response',
          ...this.identity,
          description: this.facts.registration.contract.description ?? '',
          endpoints: this.endpoints.map(({ info }) => info),
        } satisfies ServiceInfo));
      case 'STATS':
        return this.presentStats();
    }
  }

  private presentStats(): Uint8Array {
    const counted = this.endpoints.reduce((sum, { tally }) => sum + tally.started + tally.timed + endedIn(tally), 0);
    if (this.stats === undefined || counted !== this.counted) {
      this.counted = counted;
      const whole = this.encodedStats(endpointStats);
      this.stats =
        whole.length <= MOST_STATS ? whole : this.encodedStats((each) => ({ ...endpointStats(each), data: undefined }));
    }
    return this.stats;
  }

  private encodedStats(statsOfEndpoint: (endpoint: Endpoint) => ServiceEndpointStats): Uint8Array {
    return encoded({
      type: 'io.nats.micro.v1.stats_response',
      ...this.identity,
      started: this.facts.started.toISOString(),
      endpoints: this.endpoints.map(statsOfEndpoint),
    } satisfies ServiceStats);
  }

  private get identity(): ServiceIdentity {
    if (this.known !== undefined) return this.known;
    const { server, id, registration, contractHash } = this.facts;
    const { contract } = registration;
    const { target, version } = contract;
    const namespaces = [target.namespace, ...contract.legacyNamespaces].map((name) => name ?? subjects.NULL_NAMESPACE);
    const describe = subjects.systemSubject(subjects.serverPrefix(this.address, server), DESCRIBE);
    return (this.known = {
      name: this.name,
      id,
      version: toSemVer(version),
      metadata: {
        'concord.server': server,
        'concord.topic': this.topic,
        'concord.namespaces': namespaces.join(' '),
        'concord.versions': `${version.major}.0-${formatVersion(version)}`,
        'concord.methods': `${contract.methods.size}`,
        'concord.contract': contractHash(),
        'concord.describe': describe,
      },
    });
  }
}

/** The requests of a method that have ended. */
function endedIn({ ok, others }: MethodTally): number {
  let ended = ok;
  for (const count of others.values()) ended += count;
  return ended;
}

/** Figures of a method that the protocol has no fields for; `undefined` if there are none. */
function figuresOf(tally: MethodTally): MethodFigures | undefined {
  if (endedIn(tally) === 0) return undefined;
  const times = [...tally.times].flatMap((count, number) => (count === 0 ? [] : [[number, count] as const]));
  return { ended: statsOf(tally).ended, ...(times.length > 0 && { times }) };
}

function endpointInfo(
  { name, since, mode, deprecated }: MethodContract,
  { contract }: Registration,
  root: string,
): ServiceEndpointInfo {
  const { target, version } = contract;
  const prefix = subjects.anyPrefix(subjects.addressOf(target, root));
  const subject = subjects.methodSubject(prefix, {
    namespace: target.namespace,
    major: version.major,
    minor: since,
    method: name,
  });
  const metadata = {
    'concord.since': formatVersion({ major: version.major, minor: since }),
    'concord.mode': mode ?? 'any',
    ...(deprecated !== undefined && { 'concord.deprecated': 'true' }),
  };
  return { name, subject, queue_group: target.topic, metadata };
}

function endpointStats({ info: { name, subject, queue_group }, tally }: Endpoint): ServiceEndpointStats {
  const data = figuresOf(tally);
  const average = tally.timed === 0 ? 0 : Math.round((tally.milliseconds / tally.timed) * NANOSECONDS);
  return {
    name,
    subject,
    queue_group,
    num_requests: tally.started,
    num_errors: tally.errors,
    last_error: tally.lastError,
    processing_time: Math.min(Number.MAX_SAFE_INTEGER, average * tally.started),
    average_processing_time: average,
    ...(data !== undefined && { data }),
  };
}

function encoded(answer: object): Uint8Array {
  return Buffer.from(JSON.stringify(answer));
}
