/** A call to many servers by their names, a few at a time: the memory that it takes does not grow with the fleet. */
import { isRpcError, RpcError } from '@concord-rpc/core';
import { formatVersion, newTally } from '@concord-rpc/core/engine';
import { bindMethod } from '../calls/bound-method';
import { call } from '../calls/call';
import { cancelled } from '../calls/request-errors';
import type { Outgoing } from '../connection/outgoing';
import type { KnownServer } from '../fleet/census';
import { servedEndpoints } from '../fleet/served-versions';
import { ItemQueue } from '../items/item-queue';
import type { ClientMethod } from '../method/client-method';
import { counted } from '../method/counted';
import { Destination } from '../method/destination';
import type { EachOptions } from '../options/each-options';
import { argsIn } from '../versions/fall-back';
import { type EachAnswer, EachTally } from './each-answer';

/** Servers that are asked at a time, unless the caller sets `batch`. */
const USUAL_BATCH = 100;

/** One call of each chosen server. A server is asked when a place is free: the answers in flight and those that are not read are at most one batch. */
export class EachByName implements AsyncIterableIterator<EachAnswer<unknown>> {
  private readonly answers: ItemQueue<EachAnswer<unknown>>;
  private readonly tally: EachTally;
  private readonly options: EachOptions;
  /** The arguments as they were at the time of the call: later changes that the caller makes to them are not sent. */
  private readonly args: readonly unknown[];
  /** The method with counts of its own: the user has made one call. */
  private readonly method: ClientMethod;
  /** Names of the chosen servers; `undefined` until they are known. */
  private chosen: readonly string[] | undefined;
  private nextIndex = 0;
  private taken = 0;
  private began = 0;
  private timer: NodeJS.Timeout | undefined;
  private hasBegun = false;
  private hasEnded = false;

  constructor(private readonly outgoing: Outgoing) {
    const { method, settings, args } = outgoing;
    this.options = settings.each!;
    this.method = { ...method, tally: newTally() };
    this.tally = new EachTally(this.options);
    this.args = argsIn(outgoing, method.encoder.cast(method.encoder.args(args)));
    this.answers = new ItemQueue(() => {
      this.taken++;
      this.askNext();
    });
  }

  next(): Promise<IteratorResult<EachAnswer<unknown>>> {
    if (!this.hasBegun) void this.begin();
    return this.answers.next();
  }

  return(): Promise<IteratorResult<EachAnswer<unknown>>> {
    this.end();
    return this.answers.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private async begin(): Promise<void> {
    this.hasBegun = true;
    const { connection, destination } = this.outgoing;
    try {
      const servers = await connection.announcements.known(destination.address);
      const refusal = servers.length === 0 ? connection.announcements.refusal(destination.address) : undefined;
      if (refusal !== undefined) throw refusal;
      const fitting = servers.filter((server) => this.fits(server)).map(({ server }) => server);
      this.chosen = fitting.sort().slice(0, this.options.limit);
      this.tally.expect(this.chosen.length);
      this.began = performance.now();
      this.askNext();
    } catch (thrown) {
      this.fail(RpcError.from(thrown));
    }
  }

  private fits(server: KnownServer): boolean {
    const { labels = {}, versions } = this.options.where ?? {};
    if (Object.entries(labels).some(([key, value]) => server.labels?.[key] !== value)) return false;
    if (versions === undefined) return true;
    const { destination, method } = this.outgoing;
    const served = servedEndpoints(server, { destination, contract: method.contract });
    return served.some(({ version }) => versions.includes(formatVersion(version)));
  }

  /** Asks as many servers as there are free places, and not more than the splay lets pass by now. */
  private askNext(): void {
    const { chosen } = this;
    if (chosen === undefined || this.hasEnded) return;
    const { batch = USUAL_BATCH, splay } = this.options;
    while (this.nextIndex < chosen.length && this.nextIndex - this.taken < batch) {
      const wait = splay === undefined ? 0 : this.began + (splay * this.nextIndex) / chosen.length - performance.now();
      if (wait > 0) {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.askNext(), wait);
        return;
      }
      if (this.outgoing.settings.signal?.aborted) {
        this.fail(cancelled(this.outgoing.method, this.nextIndex === 0 ? 'no' : 'maybe'));
        return;
      }
      void this.ask(chosen[this.nextIndex++]!);
    }
    if (this.tally.answered === chosen.length) this.end();
  }

  private async ask(server: string): Promise<void> {
    const { destination } = this.outgoing;
    const to = new Destination('to', destination.address, destination.target, server);
    const bound = bindMethod({ ...this.outgoing, destination: to }, this.method, 'call');
    const answer = await call(this.outgoing.observed?.attach(bound) ?? bound, this.args).then(
      (value): EachAnswer<unknown> => ({ server, value }),
      (thrown: unknown): EachAnswer<unknown> => ({ server, error: isRpcError(thrown) ? thrown : RpcError.from(thrown) }),
    );
    if (this.hasEnded) return;
    this.answers.push(answer);
    try {
      if (this.tally.count(answer)) this.end();
      else this.askNext();
    } catch (thrown) {
      this.fail(RpcError.from(thrown)); // onProgress threw
    }
  }

  private fail(error: RpcError): void {
    this.answers.fail(this.hasEnded ? error : counted(this.outgoing, error));
    this.hasEnded = true;
    this.end();
  }

  private end(): void {
    if (!this.hasEnded) this.outgoing.method.tally.ok++;
    this.hasBegun = true;
    this.hasEnded = true;
    clearTimeout(this.timer);
    this.answers.end();
  }
}
