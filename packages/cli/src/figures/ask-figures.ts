/** Asks the servers of a live fleet for their figures: counts and times of each method, by NATS's services protocol. */
import { randomBytes } from 'node:crypto';
import type { Connection } from '@concord-rpc/client';
import { RpcError } from '@concord-rpc/core';
import { isServerName, isToken } from '@concord-rpc/core/engine';
import { type IncomingMessage, questionSubject, replySubjects, type Subscription, TIME_NUMBERS } from '@concord-rpc/core/wire';

/** Milliseconds without an answer after which no further one is expected: if all have answered that did last time, and if not. */
const QUIET = 50;
const PATIENCE = 400;
/** Longest wait in milliseconds. */
const LONGEST = 2_000;
/** Most services, methods and verdicts that are kept, however many programs answer. */
const MOST_SERVICES = 100_000;
const MOST_METHODS = 256;
const MOST_VERDICTS = 64;
const NANOSECONDS = 1_000_000;

/** Counts of one method since its server was created. They only grow. */
export interface MethodCounts {
  /** Handlers that started, and that ended with an error. */
  readonly started: number;
  readonly failed: number;
  /** Requests that ended, by verdict; absent if the release of the server does not tell. */
  readonly ended: Readonly<Record<string, number>> | undefined;
  /** Timed handlers by the number of the time. */
  readonly times: readonly (readonly [number: number, count: number])[];
  /** Milliseconds of a handler, on average since the start. */
  readonly average: number;
  /** Empty if no handler failed. */
  readonly lastError: string;
}

/** Returns the requests of a method that were refused before a handler ran: those that did not end well, but for failed handlers. */
export function refusedIn({ ended = {}, failed }: MethodCounts): number {
  let others = 0;
  for (const [verdict, count] of Object.entries(ended)) if (verdict !== 'ok') others += count;
  return Math.max(0, others - failed);
}

/** The counts of one interface of one start of a server. */
export interface ServiceCounts {
  readonly server: string;
  /** `exchange/topic`. */
  readonly topic: string;
  /** `Name@major`. */
  readonly endpoint: string;
  /** The time of the answer, on the clock of `performance.now()`. */
  readonly at: number;
  readonly methods: ReadonlyMap<string, MethodCounts>;
}

/** The counts of a fleet, by the id of the service: a server that starts again has another one. */
export type FleetCounts = ReadonlyMap<string, ServiceCounts>;

/** Asks again and again, with one subscription. */
export class FiguresReader {
  private readonly prefix: string;
  private readonly secret = randomBytes(8).toString('hex');
  private readonly subscription: Subscription;
  private readonly question: string;
  private readonly forget: () => void;
  private asked = 0;
  private take: (message: IncomingMessage) => void = () => undefined;
  private finish: () => void = () => undefined;
  private refusal: RpcError | undefined;
  private known = new Set<string>();

  /** Figures of every service, or of those of one name. */
  constructor(
    private readonly connection: Connection,
    name?: string,
  ) {
    const { transport } = connection;
    const token = () => randomBytes(8).toString('hex');
    this.prefix = replySubjects.prefixOf(transport.root, transport.inbox ?? token(), token());
    this.question = questionSubject('STATS', name);
    this.subscription = transport.subscribe(replySubjects.anyOf(this.prefix), {
      deliver: (message) => this.take(message),
      noResponders: () => this.finish(),
      onRefused: () => this.deny(replySubjects.anyOf(this.prefix)),
    });
    this.forget = transport.onPublishRefused((subject) => {
      if (subject === this.question) this.deny(subject);
    });
  }

  /**
   * Asks once. Resolves when the services that answered last time have answered, or when no further one has for a while.
   *
   * @throws RpcError `permission_denied` if the broker does not let this connection ask.
   */
  async read(): Promise<FleetCounts> {
    const found = new Map<string, ServiceCounts>();
    const missing = this.known;
    const isFirst = this.asked === 0;
    const reply = replySubjects.subjectOf(this.prefix, this.secret, this.asked++);
    let timer: NodeJS.Timeout | undefined;
    const ended = new Promise<void>((resolve) => {
      this.finish = resolve;
    });
    const endAt = performance.now() + LONGEST;
    const waitFor = (milliseconds: number) => {
      clearTimeout(timer);
      timer = setTimeout(this.finish, Math.min(milliseconds, endAt - performance.now()));
    };
    this.take = ({ subject, data }) => {
      if (subject !== reply) return; // it came too late
      const [key, service] = serviceIn(data) ?? [];
      if (key !== undefined && found.size < MOST_SERVICES) found.set(key, service!);
      missing.delete(key ?? '');
      waitFor(isFirst || missing.size > 0 ? PATIENCE : QUIET);
    };
    waitFor(LONGEST);
    try {
      this.connection.transport.publish(this.question, new Uint8Array(), reply);
    } catch {
      this.finish(); // not connected now: no server answers
    }
    await ended;
    clearTimeout(timer);
    this.take = () => undefined;
    if (this.refusal !== undefined) throw this.refusal;
    this.known = new Set(found.keys());
    return found;
  }

  /** Asks no more. */
  close(): void {
    this.forget();
    void this.subscription.drain();
  }

  private deny(subject: string): void {
    this.refusal = new RpcError('permission_denied', `the broker's permissions do not let this user use ${subject}`);
    this.finish();
  }
}

const TOPIC = /^[A-Za-z0-9_-]{1,64}\/[A-Za-z0-9_-]{1,64}$/;
const SEMVER = /^(\d{1,10})\.\d{1,10}\.\d+$/;

/** Reads the answer of a service; `undefined` if it is not one of Concord's. */
export function serviceIn(data: Uint8Array): readonly [key: string, service: ServiceCounts] | undefined {
  try {
    const { name, id, version, metadata, endpoints } = JSON.parse(Buffer.from(data).toString('utf8'));
    const server: unknown = metadata['concord.server'];
    const topic: unknown = metadata['concord.topic'];
    const [, major] = SEMVER.exec(version) ?? [];
    if (!isToken(name) || typeof id !== 'string' || id.length > 128 || !isServerName(server) || major === undefined)
      return undefined;
    if (typeof topic !== 'string' || !TOPIC.test(topic)) return undefined;
    const methods = new Map<string, MethodCounts>();
    for (const each of (endpoints as readonly Readonly<Record<string, unknown>>[]).slice(0, MOST_METHODS))
      if (isToken(each.name)) methods.set(each.name, countsIn(each));
    const endpoint = `${name}@${major}`;
    return [`${id} ${topic} ${server} ${endpoint}`, { server, topic, endpoint, at: performance.now(), methods }];
  } catch {
    return undefined;
  }
}

function countsIn(endpoint: Readonly<Record<string, unknown>>): MethodCounts {
  const { num_requests, num_errors, average_processing_time: average, last_error: lastError, data } = endpoint;
  const { ended, times } = (data ?? {}) as Readonly<Record<string, unknown>>;
  const started = isCount(num_requests) ? num_requests : 0;
  return {
    started,
    failed: isCount(num_errors) ? num_errors : 0,
    ended: data === undefined && started > 0 ? undefined : verdictsIn(ended),
    times: Array.isArray(times) ? times.filter(isTime) : [],
    average: isCount(average) ? average / NANOSECONDS : 0,
    lastError: typeof lastError === 'string' ? lastError : '',
  };
}

function verdictsIn(ended: unknown): Readonly<Record<string, number>> {
  if (typeof ended !== 'object' || ended === null) return {};
  return Object.fromEntries(
    Object.entries(ended)
      .slice(0, MOST_VERDICTS)
      .filter(([, count]) => isCount(count)),
  );
}

function isTime(pair: unknown): pair is readonly [number, number] {
  return Array.isArray(pair) && isCount(pair[0]) && pair[0] < TIME_NUMBERS && isCount(pair[1]);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
