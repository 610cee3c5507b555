/** One run of `concord watch`: what it tells, and when it ends. */
import { type CallWatch, type WatchedCall, type WatchedPart, type WatchState, watchCalls } from '@concord-rpc/client';
import { isRpcError, type RpcError } from '@concord-rpc/core';
import type { subjects, watching } from '@concord-rpc/core/wire';
import { CommandFailure } from '../console/command-failure';
import { EXIT } from '../console/exit-codes';
import type { Io } from '../console/io';
import { counted } from '../console/plural';
import { safeText } from '../console/safe-text';
import type { Fleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { CallLines } from './call-lines';

/** The form in which calls are told. */
export interface SessionOptions {
  readonly json?: boolean;
  /** The number of calls after which it ends. */
  readonly limit?: number;
}

/** Longest reason of a server, in characters. */
const LONGEST_NOTE = 400;
const HOW_TO_ALLOW = 'see the roles observer and server: docs/guides/permissions.md';
/** The error codes of servers from releases that show no calls. */
const OLDER: ReadonlySet<string> = new Set(['unknown_namespace', 'no_such_method', 'unsupported_version']);

/** One run of the command. */
export class WatchSession {
  private lines!: CallLines;
  private readonly watched = new Set<string>();
  /** The first refusal of a server. */
  private refusal: RpcError | undefined;
  private told = 0;
  private hasHead = false;
  private end!: (problem?: Error) => void;
  private readonly ended = new Promise<void>((resolve, reject) => {
    this.end = (problem) => (problem === undefined ? resolve() : reject(problem));
  });

  constructor(
    private readonly io: Io,
    private readonly options: SessionOptions,
  ) {}

  /** Watches until the command is stopped, enough calls were told, or the connection has closed. */
  async run(fleet: Fleet, topics: readonly subjects.Address[], part: WatchedPart): Promise<void> {
    this.ended.catch(() => undefined);
    this.lines = new CallLines(part.args > 0);
    const watches = topics.map((address) => this.watch(fleet, address, part));
    fleet.connection.transport.onClosed(() => this.end());
    const signal = this.io.stopSignal?.();
    if (signal?.aborted === true) this.end();
    signal?.addEventListener('abort', () => this.end());
    try {
      const isReady = Promise.all(watches.map(({ ready }) => ready)).then(() => true);
      if (!(await Promise.race([this.ended.then(() => false), isReady]))) return;
      if (this.watched.size === 0 && this.refusal !== undefined) throw refused(this.refusal);
      const found = `${counted(this.watched.size, 'server')} of ${counted(topics.length, 'topic')}`;
      if (this.options.json !== true) this.io.err(`watching ${found}; stop with Ctrl-C\n`);
      await this.ended;
    } finally {
      await Promise.all(watches.map((watch) => watch.stop()));
    }
  }

  private watch(fleet: Fleet, address: subjects.Address, part: WatchedPart): CallWatch {
    const topic = `${address.exchange}/${address.topic}`;
    return watchCalls(fleet.connection, address, {
      part,
      listener: {
        onCall: (call) => this.tell(topic, call),
        onLeftOut: (server, calls) =>
          this.note(
            { event: 'leftOut', topic, server, calls },
            `${counted(calls, 'call')} of ${server} left out: it shows at most ${part.rate} a second (--rate)`,
          ),
        onLost: (server, messages) =>
          this.note({ event: 'lostMessages', topic, server, messages }, `${counted(messages, 'message')} of ${server} lost`),
        onServer: (server, state) => this.tellServer({ topic, server, wantsArgs: part.args > 0 }, state),
        onDenied: (error) => this.end(new CommandFailure(error.rawMessage, HOW_TO_ALLOW, EXIT.unreachable)),
      },
    });
  }

  private tell(topic: string, call: WatchedCall): void {
    const { json, limit = Number.POSITIVE_INFINITY } = this.options;
    if (this.told >= limit) return;
    const { event, server, id, begin, end } = call;
    if (json !== true) {
      if (!this.hasHead) this.io.out(this.lines.head());
      this.hasHead = true;
      this.io.out(this.lines.of(call));
    } else this.io.out(`${plainJson({ event, topic, server, id, ...begin, ...(end && { end }) })}\n`, 'data');
    if (event === 'ended' && ++this.told >= limit) this.end();
  }

  private tellServer(
    { topic, server, wantsArgs }: { readonly topic: string; readonly server: string; readonly wantsArgs: boolean },
    state: WatchState,
  ): void {
    if (isWatched(state)) this.watched.add(`${topic} ${server}`);
    else this.watched.delete(`${topic} ${server}`);
    if (isRpcError(state)) this.refusal ??= state;
    const event = state === 'left' ? 'left' : isWatched(state) ? 'watched' : 'notWatched';
    const problem = problemOf(state, wantsArgs);
    this.note({ event, topic, server, ...(problem !== undefined && { problem }) }, problem && `${server} ${problem}`);
  }

  /** Tells what is not a call: on standard output as JSON, else on standard error, if there is a text. */
  private note(document: object, text: string | undefined): void {
    if (this.options.json === true) this.io.out(`${plainJson(document)}\n`, 'data');
    else if (text !== undefined) this.io.err(`note: ${text}\n`);
  }
}

function isWatched(state: WatchState): state is watching.WatchGrant {
  return typeof state === 'object' && !isRpcError(state);
}

/** Why a server shows less than was asked for; `undefined` if it shows everything, or has left. */
function problemOf(state: WatchState, wantsArgs: boolean): string | undefined {
  if (state === 'left') return undefined;
  if (state === undefined) return 'does not answer';
  if (!isRpcError(state))
    return wantsArgs && state.args === 0 ? "shows no arguments: its option watch is not 'arguments'" : undefined;
  const isOlder = OLDER.has(state.code);
  return isOlder
    ? 'cannot be watched: its release shows no calls'
    : `cannot be watched: ${safeText(state.rawMessage, LONGEST_NOTE)}`;
}

/** The failure of a watch that no server allows. */
function refused({ code, rawMessage }: RpcError): CommandFailure {
  if (code === 'permission_denied') return new CommandFailure(rawMessage, HOW_TO_ALLOW, EXIT.unreachable);
  if (OLDER.has(code)) return new CommandFailure('no server of these topics can be watched', 'update the servers', EXIT.refused);
  return new CommandFailure(rawMessage, 'try again later', EXIT.refused);
}
