/** The watch of one observer: which calls it is shown, and how many of them at a time. */
import type { RequestFacts } from '@concord-rpc/core/engine';
import type { watching } from '@concord-rpc/core/wire';
import { Allowance } from '../load/allowance';
import type { IncomingRequest } from '../request/incoming-request';
import { interfaceOf, nameOf, seenBegin, seenEnd } from './seen-call';

/** Milliseconds for which calls are collected into one message. */
const COLLECT = 100;
/** Bytes of a call in a message, without its arguments, and of a message that is sent at once. */
const CALL_BYTES = 256;
const MESSAGE_BYTES = 32_768;

/** The most that the watches of one server get together. */
export interface SharedAllowance {
  readonly calls: Allowance;
  readonly bytes: Allowance;
}

/** The surroundings of a watch. */
export interface WatchParts {
  readonly terms: watching.WatchTerms;
  /** The beginning of the subjects of its topic. */
  readonly prefix: string;
  /** The client that asked for it. */
  readonly client: string;
  readonly shared: SharedAllowance;
  now(): number;
  /** Sends a message; returns false if it was not sent. */
  send(seen: watching.SeenCalls): boolean;
  /** Called when it ends by itself. */
  onOver(): void;
}

/** A call in a message that is being collected. */
type OpenCall = { -readonly [Key in keyof watching.SeenCall]: watching.SeenCall[Key] };

/** A watch, from the question that begins it until it ends or is not renewed. */
export class ObserverWatch {
  /** The broker forbids its messages. */
  isDenied = false;
  private terms!: watching.WatchTerms;
  private own!: Allowance;
  private only: ReadonlySet<string> | undefined;
  private pending: OpenCall[] = [];
  private bytes = 0;
  private leftOut = 0;
  private nextId = 0;
  private messages = 0;
  private isOver = false;
  private lease: NodeJS.Timeout | undefined;
  private collecting: NodeJS.Timeout | undefined;

  constructor(private readonly parts: WatchParts) {
    this.renew(parts.terms);
  }

  get client(): string {
    return this.parts.client;
  }

  /** Begins the lease again, with new terms. */
  renew(terms: watching.WatchTerms): void {
    const before = this.terms as watching.WatchTerms | undefined;
    if (before?.rate !== terms.rate) this.own = new Allowance({ burst: terms.rate, rate: terms.rate }, this.parts.now());
    this.only = terms.only === undefined ? undefined : new Set(terms.only);
    this.terms = terms;
    clearTimeout(this.lease);
    this.lease = setTimeout(() => {
      this.end();
      this.parts.onOver();
    }, terms.lease).unref();
  }

  /** Sends a message even if it has no calls. Returns false if it was not sent. */
  begin(): boolean {
    return this.send();
  }

  /** Shows the begin of a request. Returns a function that shows its end; `undefined` if the request is not shown. */
  see(request: IncomingRequest, facts: RequestFacts): (() => void) | undefined {
    if (!request.subject.startsWith(this.parts.prefix) || !this.wants(facts)) return undefined;
    const now = this.parts.now();
    const { calls, bytes } = this.parts.shared;
    if (this.own.wait(now) > 0 || calls.wait(now) > 0 || bytes.wait(now) > 0) {
      this.leftOut++;
      this.collect();
      return undefined;
    }
    const begin = seenBegin(request, facts, this.terms.args);
    const size = CALL_BYTES + (begin.args?.length ?? 0);
    this.own.use(1);
    calls.use(1);
    bytes.use(size);
    const call: OpenCall = { id: this.nextId++, begin };
    const message = this.messages;
    this.add(call, size);
    return () => this.seeEnd(call, message, facts);
  }

  /** Sends what was collected, and ends. */
  end(): void {
    if (this.isOver) return;
    if (this.pending.length + this.leftOut > 0) this.send();
    this.isOver = true;
    clearTimeout(this.lease);
    clearTimeout(this.collecting);
  }

  private wants(facts: RequestFacts): boolean {
    const { only } = this;
    return only === undefined || only.has(nameOf(facts)) || only.has(interfaceOf(facts) ?? '');
  }

  /** `message`: the number of the message that has its begin, which may not be sent yet. */
  private seeEnd(call: OpenCall, message: number, facts: RequestFacts): void {
    if (this.isOver) return;
    const end = seenEnd(facts);
    if (message === this.messages) call.end = end;
    else this.add({ id: call.id, end }, CALL_BYTES);
  }

  private add(call: OpenCall, size: number): void {
    this.pending.push(call);
    this.bytes += size;
    if (this.bytes >= MESSAGE_BYTES) this.send();
    else this.collect();
  }

  private collect(): void {
    this.collecting ??= setTimeout(() => this.send(), COLLECT).unref();
  }

  private send(): boolean {
    clearTimeout(this.collecting);
    this.collecting = undefined;
    const { pending, leftOut } = this;
    this.pending = [];
    this.bytes = 0;
    this.leftOut = 0;
    if (this.parts.send({ number: this.messages++, calls: pending, leftOut })) return true;
    this.leftOut = leftOut + pending.filter(({ begin }) => begin !== undefined).length;
    return false;
  }
}
