/** The live view: what signs, silence, pings and reconnects make of it. Time is that of fake timers. */

import type { TransportStatus } from '@concord-rpc/core';
import {
  Codecs,
  jsonCodec,
  PING,
  presence,
  type ServerAnnouncement,
  type Subscription,
  subjects,
  toBytes,
} from '@concord-rpc/core/wire';
import { MemoryTransport } from '@concord-rpc/memory';
import { PendingCalls } from '../line/pending-calls';
import { TopicView } from './topic-view';

const ADDRESS = { root: 'rpc', exchange: 'default', topic: 't' };

/** A broker whose servers are in other processes, and whose connection can be lost. */
class OverNetwork extends MemoryTransport {
  private readonly listeners = new Set<(status: TransportStatus) => void>();
  private isUp = true;

  constructor() {
    super();
    Object.defineProperties(this, {
      inProcess: { value: false },
      status: { get: () => (this.isUp ? 'connected' : 'disconnected') },
    });
  }

  override onStatus(listener: (status: TransportStatus) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  lose(): void {
    this.isUp = false;
    for (const listener of this.listeners) listener('disconnected');
  }

  restore(): void {
    this.isUp = true;
    for (const listener of this.listeners) listener('connected');
  }
}

let transport: OverNetwork;
let view: TopicView;
let pinged: string[];

/** A server by hand. `answersAfter`: milliseconds until it answers a ping of all servers. */
class Server {
  private readonly subscriptions: Subscription[];
  readonly announcement: ServerAnnouncement;

  constructor(
    readonly name: string,
    { boot = `boot-${name}`, version = '1.0', interval = 1_000 as number | null, answersAfter = 0 } = {},
  ) {
    this.announcement = {
      server: name,
      boot,
      ...(interval && { interval }),
      endpoints: [{ name: 'T', version, namespaces: [null] }],
    };
    const answer = (after: number) => ({
      deliver: ({ subject, data, reply }: { subject: string; data: Uint8Array; reply?: string }) => {
        pinged.push(subject.includes('.all.') ? 'all' : name);
        const { nonce } = jsonCodec.decodeRequest(data);
        const send = () => transport.publish(reply!, toBytes(jsonCodec.encodeResult(this.announcement, nonce)));
        if (after === 0) send();
        else setTimeout(send, after);
      },
    });
    this.subscriptions = [
      transport.subscribe(subjects.systemSubject(subjects.serverPrefix(ADDRESS, name), PING), answer(0)),
      transport.subscribe(subjects.systemSubject(subjects.allPrefix(ADDRESS), PING), answer(answersAfter)),
    ];
  }

  say(occasion: presence.Occasion): void {
    transport.publish(
      presence.signSubject(ADDRESS, this.name),
      presence.encodeSign({ occasion, announcement: this.announcement }),
    );
  }

  /** Answers no more, as a process that was killed. */
  die(): void {
    for (const subscription of this.subscriptions) void subscription.drain();
  }
}

function open(): TopicView {
  const codecs = new Codecs();
  view = new TopicView({ transport, codecs, pending: new PendingCalls(transport, codecs) }, ADDRESS, {
    onClosed: () => undefined,
    onSilent: () => undefined,
  });
  return view;
}
const names = () => view.servers.map(({ server }) => server).sort();
const versionOf = (name: string) => view.table.get(name)?.announcement.endpoints.map(({ version }) => version);
const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds);

beforeEach(() => {
  jest.useFakeTimers();
  transport = new OverNetwork();
  pinged = [];
});
afterEach(() => {
  view.close();
  jest.useRealTimers();
});

test('it is filled when no further server has answered for a second; answers that come later are taken in', async () => {
  for (const [name, answersAfter] of [
    ['a', 0],
    ['b', 900],
    ['c', 1_850],
    ['late', 4_000],
  ] as const)
    new Server(name, { answersAfter });
  open();
  await pass(1_850);
  expect(view.isFilled).toBe(false);
  await pass(1_050);
  expect(view.isFilled).toBe(true);
  expect(names()).toEqual(['a', 'b', 'c']);
  await pass(1_200);
  expect(names()).toEqual(['a', 'b', 'c', 'late']);
  expect(pinged.filter((each) => each === 'all')).toHaveLength(4);
});

test('it ends its census after 15 s, however many servers go on answering', async () => {
  for (let at = 1; at <= 20; at++) new Server(`s${at}`, { answersAfter: at * 900 });
  open();
  await pass(15_100);
  expect(view.isFilled).toBe(true);
});

test('hello adds a server, bye removes it, and a late answer of that start does not bring it back', async () => {
  const a = new Server('a', { answersAfter: 500 });
  open();
  a.say('bye');
  await pass(2_000);
  expect(names()).toEqual([]);
  new Server('b').say('hello');
  await pass(1);
  expect(names()).toEqual(['b']);
});

test('a bye of a former start does not remove the present one', async () => {
  const old = new Server('a', { boot: 'old' });
  open();
  await pass(1_500);
  old.die();
  new Server('a', { boot: 'new' }).say('hello');
  await pass(3_000);
  old.say('bye');
  await pass(1);
  expect(names()).toEqual(['a']);
});

test('a server that misses two signs is pinged: it stays if it answers, and leaves if not', async () => {
  new Server('silent');
  const [dead, well] = [new Server('dead'), new Server('well')];
  open();
  await pass(1_500);
  dead.die();
  pinged = [];
  for (let second = 0; second < 8; second++) {
    well.say('alive');
    await pass(1_000);
  }
  expect(names()).toEqual(['silent', 'well']);
  expect(new Set(pinged)).toEqual(new Set(['silent']));
});

test.each([
  [1_000, 10_000, true],
  [30_000, 60_000, false],
  [30_000, 90_000, true],
  [null, 29_000, false],
  [null, 40_000, true],
])('with an interval of %p ms a server that is silent for %d ms is asked: %p', async (interval, silence, isAsked) => {
  new Server('a', { interval });
  open();
  await pass(1_500);
  pinged = [];
  await pass(silence - 1_500);
  expect(pinged.includes('a')).toBe(isAsked);
});

test('another boot id under a name: a ping of the name decides, and replaces the old start', async () => {
  const old = new Server('a', { boot: 'old', version: '1.0' });
  open();
  await pass(1_500);
  const changes: string[] = [];
  view.table.onChange(({ kind }) => changes.push(kind));
  old.die();
  new Server('a', { boot: 'new', version: '1.2' }).say('hello');
  await pass(3_000);
  expect(versionOf('a')).toEqual(['1.2']);
  expect(changes).toEqual(['changed']);
});

test('a liar that answers to all under the name of another changes nothing: only the server answers to its name', async () => {
  const honest = new Server('a', { boot: 'honest', version: '1.2' });
  const liar = new Server('liar');
  Object.assign(liar, {
    announcement: { ...honest.announcement, boot: 'lie', endpoints: [{ name: 'T', version: '1.0', namespaces: [null] }] },
  });
  open();
  await pass(5_000);
  expect(versionOf('a')).toEqual(['1.2']);
  expect(view.table.get('a')!.announcement.boot).toBe('honest');
});

test('two servers that both answer to a name are a conflict, with the versions of both, until one has left', async () => {
  const one = new Server('a', { boot: 'one', version: '1.0' });
  new Server('a', { boot: 'two', version: '1.2' });
  open();
  await pass(5_000);
  expect(view.servers).toMatchObject([{ server: 'a', boots: ['one', 'two'] }]);
  expect(versionOf('a')!.sort()).toEqual(['1.0', '1.2']);
  one.die();
  await pass(40_000);
  expect(view.servers).toMatchObject([{ server: 'a', boot: 'two' }]);
  expect(view.table.get('a')!.announcement.boots).toBeUndefined();
});

test('after a reconnect the view is filled again; servers that do not answer are asked by name', async () => {
  const gone = new Server('gone', { interval: 60_000 });
  new Server('stays', { interval: 60_000 });
  open();
  await pass(1_500);
  transport.lose();
  gone.die();
  new Server('new', { interval: 60_000 });
  await pass(5_000);
  transport.restore();
  await pass(5_000);
  expect(names()).toEqual(['new', 'stays']);
});

test('signs that cannot be read, and signs on the subject of another server, are dropped and counted', async () => {
  open();
  const { announcement } = new Server('a');
  const sign = presence.encodeSign({ occasion: 'hello', announcement });
  transport.publish(presence.signSubject(ADDRESS, 'b'), sign);
  transport.publish(presence.signSubject(ADDRESS, 'a'), Buffer.from('{'));
  await pass(1);
  expect(view.stats()).toMatchObject({ droppedSigns: 2 });
});

test('a view that is not read for ten minutes ends, and sends nothing more', async () => {
  new Server('a');
  open();
  await pass(590_000);
  pinged = [];
  await pass(20_000);
  pinged = [];
  await pass(600_000);
  expect(pinged).toEqual([]);
});

test('only a census that was answered and ran its full time is fresh, and for three seconds', async () => {
  open();
  await pass(1_000);
  expect([view.isFilled, view.isFresh]).toEqual([true, false]); // no server has answered
  const server = new Server('a');
  await pass(2_000);
  const found = view.search(() => false);
  expect(view.isFresh).toBe(false); // it is in progress
  await pass(1_000);
  await found;
  expect(view.isFresh).toBe(true);
  await pass(2_000);
  expect(view.isFresh).toBe(false);
  const cut = view.search(() => false);
  transport.lose();
  await cut;
  expect(view.servers).toHaveLength(1);
  expect(view.isFresh).toBe(false); // it was cut short
  server.die();
});
