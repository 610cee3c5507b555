/** A server between its start and its stop: what it listens to, and the messages that it serves. */
import { randomBytes } from 'node:crypto';
import { type Logger, RpcError, type Transport, type TransportHealth } from '@concord-rpc/core';
import { type Codecs, subjects } from '@concord-rpc/core/wire';
import { dispatchTable, type Listening } from '../dispatch/dispatch-table';
import { askForName } from '../listening/server-name';
import { Subscriptions } from '../listening/subscriptions';
import type { AdmissionLimits } from '../load/admission';
import { AnnouncedCalls } from '../load/announced-calls';
import type { Registration } from '../registration/registration';
import { ServiceListener } from '../services/service-listener';
import { servicesOf } from '../services/services-of';
import { Descriptions } from '../system/descriptions';
import type { ServerState } from '../system/system-methods';
import type { UsageLog } from '../usage/usage-log';
import type { AccessGuard } from './access';
import { MessageServer } from './message-server';

/** Decides about a start when another server of the name answers: the start is refused, or a line warns of it. */
export type DuplicateName = 'refuse' | 'warn';

/** The settings of a server when it starts. */
export interface StartSettings {
  readonly name: string;
  readonly transport: Transport;
  readonly codecs: Codecs;
  readonly logger: Logger;
  readonly registrations: readonly Registration[];
  readonly limits: AdmissionLimits;
  readonly access: AccessGuard | undefined;
  readonly usage: UsageLog;
  /** Decides about a name that another server has; `undefined` if no other server can have it. */
  readonly duplicateName: DuplicateName | undefined;
  /** Answer the services protocol. */
  readonly services: boolean;
}

/** A server that has started. */
export class StartedServer {
  private constructor(
    private readonly settings: StartSettings,
    readonly messages: MessageServer,
    private readonly state: ServerState,
    private readonly listening: { readonly subscriptions: Subscriptions; readonly services: ServiceListener | undefined },
  ) {}

  /** Subscribes; resolves when the broker has all subscriptions. @throws RpcError as `RpcServer.start` does. */
  static async start(settings: StartSettings): Promise<StartedServer> {
    const { name, transport, registrations, usage } = settings;
    if (registrations.length === 0) {
      throw new RpcError('invalid_contract', `server ${name} has nothing to serve: register an endpoint`);
    }
    const announced = new AnnouncedCalls();
    const descriptions = new Descriptions(name, registrations, transport);
    const state: ServerState = { announced, usage, transport, descriptions };
    const table = dispatchTable(transport.root, name, registrations, state);
    const messages = new MessageServer({ ...settings, table, announced, usage: usage.counts });
    try {
      if (settings.duplicateName !== undefined) await requireOwnName(settings, table.listening);
      const subscribing = Subscriptions.open(transport, table.listening, messages.receive);
      const services = settings.services ? listenForTools(settings, messages, descriptions) : undefined;
      const subscriptions = await subscribing.catch(async (thrown) => {
        await services?.end();
        throw thrown;
      });
      return new StartedServer(settings, messages, state, { subscriptions, services });
    } catch (thrown) {
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

  health(): TransportHealth {
    const { name, transport } = this.settings;
    const { problems } = transport.health();
    if (!this.state.isStopping) return { ok: problems.length === 0, problems };
    return { ok: false, problems: [`server ${name} is stopping`, ...problems] };
  }

  /** Takes no new work, waits for the handlers, and gives up what runs longer than so many milliseconds. */
  async stop(timeout: number): Promise<void> {
    const { messages, state } = this;
    const { subscriptions, services } = this.listening;
    const { name, transport, logger } = this.settings;
    const end = performance.now() + timeout;
    state.isStopping = true;
    await subscriptions.endWork();
    await messages.idle.until(timeout);
    await Promise.all([subscriptions.endControl(), services?.end()]);
    const left = await messages.idle.until(end - performance.now());
    if (left > 0) {
      logger.warn(`server ${name} stopped with ${left} handlers still running after ${timeout} ms`);
      messages.abandonAll(`server ${name} was stopped while it ran`);
    }
    messages.close();
    if (transport.status === 'connected') await transport.flush();
  }
}

/** Bytes of the id of one start of a server. */
const BOOT_ID_BYTES = 12;

/** Answers tools of the services protocol. */
function listenForTools(
  { name, transport, registrations, logger }: StartSettings,
  { quota }: MessageServer,
  descriptions: Descriptions,
) {
  const services = servicesOf(registrations, {
    server: name,
    root: transport.root,
    started: new Date(),
    bootId: randomBytes(BOOT_ID_BYTES).toString('base64url'),
    contractHash: (registration) => descriptions.of(registration).hash,
  });
  const mayAnswer = subjects.replyCheck(transport.root);
  return new ServiceListener({ transport, services, quota, mayAnswer, log: (line) => logger.warn(line) });
}

/** Refuses a name that another server has, or warns about it. @throws RpcError `invalid_target` */
async function requireOwnName(
  { name, transport, logger, duplicateName }: StartSettings,
  listening: readonly Listening[],
): Promise<void> {
  const { taken, denied } = await askForName(transport, name, listening);
  if (denied.length > 0) {
    logger.warn(
      `the broker's permissions do not let server ${name} find out whether another server has its name: allow it to publish to ${denied.join(', ')} and to subscribe to its replies`,
    );
  }
  if (taken.length === 0) return;
  const sentence = `another server named ${name} is running on ${taken.join(', ')}`;
  if (duplicateName !== 'warn') {
    throw new RpcError('invalid_target', `${sentence}: stop it, or give this server another name; or set duplicateName: 'warn'`);
  }
  logger.warn(`${sentence}; calls to this name run on both servers`);
}
