/** Listens to the questions of the services protocol, and answers for each interface of a server. */
import type { Transport } from '@concord-rpc/core';
import { inNextTurn } from '@concord-rpc/core/engine';
import {
  EVERY_SERVICE,
  type IncomingMessage,
  ONCE_A_TOPIC,
  readServiceSubject,
  type ServiceVerb,
  type Subscription,
  serviceIdSubject,
  serviceSubject,
} from '@concord-rpc/core/wire';
import type { SystemQuota } from '../system/system-quota';
import type { Service } from './service';

/** The parts of a server that answering for its services needs. */
export interface ServiceParts {
  readonly transport: Transport;
  readonly services: readonly Service[];
  readonly quota: SystemQuota;
  /** Returns whether a server may answer on a reply subject. */
  mayAnswer(subject: string): boolean;
  log(line: string): void;
}

/** The subscriptions of one server to the questions of the protocol: one to all, one for each name, one for each id. */
export class ServiceListener {
  private readonly subscriptions: readonly Subscription[];
  /** One service for each topic. */
  private readonly onEachTopic: readonly Service[];
  private isDenied = false;

  /** Subscribes. If the broker denies a subscription, one line is written and all of them end. */
  constructor(private readonly parts: ServiceParts) {
    const { transport, services } = parts;
    this.onEachTopic = [...new Map(services.map((service) => [service.topic, service])).values()];
    const names = [...new Set(services.map(({ name }) => serviceSubject(name)))];
    const ids = [...new Set(services.map(({ id }) => serviceIdSubject(id)))];
    this.subscriptions = [EVERY_SERVICE, ...names, ...ids].map((subject) =>
      transport.subscribe(subject, {
        deliver: (message) => this.receive(message),
        onRefused: () => this.denied(subject),
      }),
    );
  }

  /** Ends all subscriptions. */
  async end(): Promise<void> {
    await Promise.all(this.subscriptions.map((subscription) => subscription.drain()));
  }

  private receive({ subject, reply, data }: IncomingMessage): void {
    const { services, mayAnswer } = this.parts;
    const asked = readServiceSubject(subject);
    if (asked === undefined || !reply || !mayAnswer(reply)) return;
    const { verb, name, id } = asked;
    if (name === undefined && data.length === ONCE_A_TOPIC.length && Buffer.from(data).toString('latin1') === ONCE_A_TOPIC) {
      for (const service of this.onEachTopic) this.answer(service, verb, reply);
      return;
    }
    for (const service of services) {
      if ((name ?? service.name) === service.name && (id ?? service.id) === service.id) this.answer(service, verb, reply);
    }
  }

  private answer(service: Service, verb: ServiceVerb, reply: string): void {
    const { transport, quota } = this.parts;
    try {
      const share = quota.take(reply, verb);
      const data = service.answer(verb);
      transport.publish(reply, data);
      share.use(data.length);
    } catch {
      // over the limit, or not connected: the protocol has no form for a refusal
    }
  }

  private denied(subject: string): void {
    if (this.isDenied) return;
    this.isDenied = true;
    inNextTurn(() => void this.end()); // the server is healthy without them, so they are not tried again
    this.parts.log(
      `the broker's permissions deny this server ${subject}, so tools of the services protocol do not find it: allow it to subscribe to $SRV.>, or set services: false`,
    );
  }
}
