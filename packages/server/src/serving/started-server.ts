/** A server between its start and its stop: what it listens to, and the messages that it serves. */
import { RpcError, type Transport } from '@concord-rpc/core';
import { channels, formatVersion, inTime, type Log } from '@concord-rpc/core/engine';
import { type Codecs, type Labels, replySubjects } from '@concord-rpc/core/wire';
import { dispatchTable } from '../dispatch/dispatch-table';
import { NameClaim } from '../listening/name-claim';
import type { DuplicateName, StartOptions } from '../listening/start-options';
import { Subscriptions } from '../listening/subscriptions';
import type { AdmissionLimits } from '../load/admission';
import { AnnouncedCalls } from '../load/announced-calls';
import { HeardBy } from '../presence/heard-by';
import { Presence } from '../presence/presence';
import { newBootId, type ServedTopic, type ServerIdentity } from '../presence/served-topic';
import { Splay } from '../presence/splay';
import type { ErrorMapper } from '../registration/mapped-errors';
import type { Registration } from '../registration/registration';
import { ServiceListener } from '../services/service-listener';
import { servicesOf } from '../services/services-of';
import { Descriptions } from '../system/descriptions';
import type { ServerState } from '../system/system-methods';
import type { UsageLog } from '../usage/usage-log';
import type { WatchOption } from '../watched/watch-option';
import { Watchers } from '../watched/watchers';
import type { AccessGuard } from './access';
import { MessageServer } from './message-server';

/** Milliseconds after which peers are asked for pings again. */
const ASK_AGAIN = 1_000;

/** The settings of a server when it starts. */
export interface StartSettings {
  readonly name: string;
  readonly transport: Transport;
  readonly codecs: Codecs;
  readonly logger: Log;
  readonly registrations: readonly Registration[];
  readonly limits: AdmissionLimits;
  readonly access: AccessGuard | undefined;
  readonly mapError: ErrorMapper | undefined;
  readonly usage: UsageLog;
  /** Decides about a name that another server has; `undefined` if no other server can have it. */
  readonly duplicateName: DuplicateName | undefined;
  readonly labels: Labels | undefined;
  /** Shortest time in milliseconds between two signs of presence; `undefined` if none are sent. */
  readonly presence: number | undefined;
  /** Answer the services protocol. */
  readonly services: boolean;
  /** The facts that observers are shown. */
  readonly watch: WatchOption;
  /** Milliseconds between the last sign and the end of the subscriptions. */
  readonly leaveGrace: number;
}

/** The parts of a server that its start made. */
interface StartedParts {
  readonly messages: MessageServer;
  readonly subscriptions: Subscriptions;
  readonly state: ServerState;
  readonly presence: Presence;
  readonly services: ServiceListener | undefined;
  readonly heardBy: HeardBy;
}

/** A server that has started. */
export class StartedServer {
  readonly messages: MessageServer;
  private endGrace: () => void = () => undefined;
  private isHurried = false;

  private constructor(
    private readonly settings: StartSettings,
    private readonly parts: StartedParts,
  ) {
    this.messages = parts.messages;
  }

  /** Subscribes; resolves when the broker has all subscriptions. @throws RpcError as `RpcServer.start` does. */
  static async start(settings: StartSettings): Promise<StartedServer> {
    const { name, transport, logger, registrations, usage, labels } = settings;
    if (registrations.length === 0) {
      throw new RpcError('invalid_contract', `server ${name} has nothing to serve: register an endpoint`);
    }
    const announced = new AnnouncedCalls();
    const identity = { name, boot: newBootId(), labels };
    const heardBy = new HeardBy();
    const descriptions = new Descriptions(name, registrations, transport);
    const log = (line: string) => logger.warn(line);
    const watchers = new Watchers({ name, boot: identity.boot, transport, shows: settings.watch, log });
    const state: ServerState = { identity, splay: new Splay(), heardBy, announced, usage, transport, descriptions, watchers };
    const table = dispatchTable(transport.root, name, registrations, state);
    const messages = new MessageServer({ ...settings, table, announced, watchers, usage: usage.counts });
    const claim = await claimOwnName(settings, identity, table.topics);
    try {
      requireOwnName(settings, claim);
      const subscriptions = await Subscriptions.open(transport, table.listening, messages.receive);
      const services = settings.services ? listenForTools(settings, messages, identity, descriptions) : undefined;
      const presence = new Presence({ name, transport, topics: table.topics, interval: settings.presence, log });
      void claim?.release(); // the flush below confirms it, and the subscriptions of services
      presence.hello();
      await transport.flush().catch(() => undefined); // who asks for the servers from now on finds this one
      tell(settings, 'started');
      return new StartedServer(settings, { messages, subscriptions, state, presence, services, heardBy });
    } catch (thrown) {
      void claim?.release();
      messages.close();
      throw thrown;
    }
  }

  /** Throws if the connection has closed for good. @throws RpcError `client_closed` */
  requireOpen(): void {
    const { name, transport } = this.settings;
    if (transport.status !== 'closed') return;
    const why = transport.health().problems.join('; ');
    throw new RpcError('client_closed', `server ${name} serves no more: ${why}`, { executed: 'no' });
  }

  /**
   * Asks peers for pings, and counts them until there are enough of them or the time is over. It asks again: the broker may not know yet that a peer on
   * another node listens.
   */
  async heardBy({ heardBy, timeout }: Required<StartOptions>): Promise<number> {
    const { name, logger } = this.settings;
    const ask = () => this.parts.presence.hello(heardBy);
    ask();
    const asking = setInterval(ask, ASK_AGAIN);
    const count = await this.parts.heardBy.wait(heardBy, timeout).finally(() => clearInterval(asking));
    if (count < heardBy) logger.warn(`server ${name} was heard by ${count} peers within ${timeout} ms; asked for ${heardBy}`);
    return count;
  }

  /** Ends the waits of a stop in progress. */
  hurry(): void {
    this.isHurried = true; // the stop may not have begun its waits yet
    this.endGrace();
    this.messages.idle.hurry();
  }

  /** Takes no new work, waits for the handlers, and gives up what runs longer than so many milliseconds. */
  async stop(timeout: number): Promise<void> {
    const { messages, subscriptions, state, presence, services } = this.parts;
    const { name, transport, logger, leaveGrace } = this.settings;
    const end = performance.now() + timeout;
    tell(this.settings, 'stopping');
    presence.bye();
    state.isStopping = true;
    state.splay.hurry();
    if (leaveGrace > 0 && timeout > 0 && !this.isHurried) {
      const hurried = new Promise<void>((resolve) => {
        this.endGrace = resolve;
      });
      await inTime(hurried, Math.min(leaveGrace, timeout), () => undefined);
    }
    await subscriptions.endWork();
    await messages.idle.until(timeout);
    await Promise.all([subscriptions.endControl(), services?.end()]);
    const left = await messages.idle.until(end - performance.now());
    if (left > 0) {
      logger.warn(`server ${name} stopped with ${left} handlers still running after ${timeout} ms`);
      messages.abandonAll(`server ${name} was stopped while it ran`);
    }
    messages.close();
    tell(this.settings, 'stopped');
    if (transport.status === 'connected') await transport.flush();
  }
}

/** Says that the server has started, is stopping or has stopped: to the log, and to observers. */
function tell({ name, logger, registrations }: StartSettings, event: 'started' | 'stopping' | 'stopped'): void {
  const topics = [...new Set(registrations.map(({ contract: { target } }) => `${target.exchange}/${target.topic}`))];
  if (channels.presence.hasSubscribers) channels.presence.publish({ event, server: name, topics });
  const endpoints = registrations.map(({ contract }) => `${contract.name} ${formatVersion(contract.version)}`);
  if (event === 'started')
    logger.info(`server ${name} serves ${endpoints.join(', ')} on ${topics.join(', ')}`, { endpoints, topics });
  else logger.info(`server ${name} ${event === 'stopping' ? 'is stopping' : 'has stopped'}`);
}

/** Claims the name on the topics of the server; `undefined` if no other server can have it. */
async function claimOwnName(
  { transport, duplicateName }: StartSettings,
  identity: ServerIdentity,
  topics: readonly ServedTopic[],
): Promise<NameClaim | undefined> {
  if (duplicateName === undefined) return undefined;
  return NameClaim.make(
    transport,
    identity,
    topics.map(({ address }) => address),
  );
}

/** Answers tools of the services protocol. */
function listenForTools(
  { name, transport, registrations, logger }: StartSettings,
  { quota }: MessageServer,
  { boot }: ServerIdentity,
  descriptions: Descriptions,
) {
  const services = servicesOf(registrations, {
    server: name,
    root: transport.root,
    started: new Date(),
    bootId: boot,
    contractHash: (registration) => descriptions.of(registration).hash,
  });
  const check = replySubjects.compileCheck(transport.root);
  const mayAnswer = (reply: string) => check(reply) !== 'forbidden';
  return new ServiceListener({ transport, services, quota, mayAnswer, log: (line) => logger.warn(line) });
}

/** Refuses a name that another server has, or warns about it. @throws RpcError `invalid_target` */
function requireOwnName({ name, logger, duplicateName }: StartSettings, claim: NameClaim | undefined): void {
  if (claim === undefined) return;
  if (claim.denied.size > 0) {
    logger.warn(
      `the broker's permissions do not let server ${name} find out whether another server has its name: allow it to publish to ${[...claim.denied].join(', ')} and to subscribe to its replies`,
    );
  }
  if (claim.taken.length === 0) return;
  const sentence = `another server named ${name} is running on ${claim.taken.join(', ')}`;
  if (duplicateName !== 'warn') {
    throw new RpcError('invalid_target', `${sentence}: stop it, or give this server another name; or set duplicateName: 'warn'`);
  }
  logger.warn(`${sentence}; calls to this name run on both servers`);
}
