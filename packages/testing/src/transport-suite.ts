/** Test cases that every transport must pass, for any test runner: the memory transport, NATS, and yours. */
import assert from 'node:assert/strict';
import { isRpcError, type Transport } from '@concord-rpc/core';
import type { IncomingMessage } from '@concord-rpc/core/wire';

/** One requirement of a transport. */
export interface TransportCase {
  readonly name: string;
  /** Rejects if the transport fails the requirement. `connect` opens a connection to one broker; the runner closes all connections. */
  run(connect: () => Promise<Transport>): Promise<void>;
}

/** The suite. Run each case on its own broker, or all cases one after another on one broker: their subjects differ. */
export const transportSuite: readonly TransportCase[] = [
  {
    name: 'delivers bytes as they were sent, in order',
    async run(connect) {
      const [sender, receiver] = [await connect(), await connect()];
      const got = collect(receiver, 'suite.order', 256);
      await receiver.flush();
      for (let byte = 0; byte < 256; byte++) sender.publish('suite.order', Uint8Array.of(byte, 0, 255 - byte));
      assert.deepEqual(
        (await got).map(({ data }) => [...data]),
        Array.from({ length: 256 }, (_, byte) => [byte, 0, 255 - byte]),
      );
    },
  },
  {
    name: 'delivers an empty message, and the reply subject',
    async run(connect) {
      const transport = await connect();
      const got = collect(transport, 'suite.empty', 2);
      await transport.flush();
      transport.publish('suite.empty', new Uint8Array(0));
      transport.publish('suite.empty', Uint8Array.of(1), 'suite.somewhere');
      const [empty, replied] = await got;
      assert.equal(empty!.data.length, 0);
      assert.ok(!empty!.reply);
      assert.equal(replied!.reply, 'suite.somewhere');
    },
  },
  ...[
    { pattern: 'suite.wild.*', matches: ['suite.wild.a'], others: ['suite.wild', 'suite.wild.a.b', 'suite.other.a'] },
    { pattern: 'suite.deep.>', matches: ['suite.deep.a', 'suite.deep.a.b'], others: ['suite.deep', 'suite.other.a'] },
    {
      pattern: 'suite.mid.*.end',
      matches: ['suite.mid.a.end'],
      others: ['suite.mid.end', 'suite.mid.a.b.end', 'suite.mid.a.other'],
    },
  ].map(({ pattern, matches, others }) => ({
    name: `${pattern} receives ${matches.join(' and ')}, but not ${others.join(', ')}`,
    async run(connect: () => Promise<Transport>) {
      const transport = await connect();
      const heard: string[] = [];
      transport.subscribe(pattern, { deliver: ({ subject }) => heard.push(subject) });
      const done = collect(transport, 'suite.done', 1);
      await transport.flush();
      for (const subject of [...others, ...matches]) transport.publish(subject, Uint8Array.of(1));
      transport.publish('suite.done', Uint8Array.of(1));
      await done;
      assert.deepEqual(heard, matches);
    },
  })),
  {
    name: 'delivers each message to one member of a queue group, and to every plain subscription',
    async run(connect) {
      const connections = [await connect(), await connect(), await connect()];
      const counts = [0, 0, 0];
      let plain = 0;
      const all = new Promise<void>((resolve) => {
        const count = () => counts.reduce((sum, each) => sum + each, 0) === 300 && plain === 300 && resolve();
        connections.forEach((connection, index) => {
          const deliver = () => {
            counts[index]!++;
            count();
          };
          connection.subscribe('suite.work', { queue: 'workers', deliver });
        });
        const deliver = () => {
          plain++;
          count();
        };
        connections[0]!.subscribe('suite.work', { deliver });
      });
      await Promise.all(connections.map((connection) => connection.flush()));
      for (let sent = 0; sent < 300; sent++) connections[0]!.publish('suite.work', Uint8Array.of(1));
      await all;
      assert.ok(
        counts.every((count) => count > 0),
        `every member receives messages: ${counts}`,
      );
    },
  },
  {
    name: 'reports no responders to the reply subject, and only if the message has one',
    async run(connect) {
      const transport = await connect();
      const refused = await new Promise<string>((resolve, reject) => {
        transport.subscribe('suite.replies.*', {
          deliver: () => reject(new Error('a no-responders report is not a message')),
          noResponders: resolve,
        });
        transport.publish('suite.unsubscribed', Uint8Array.of(1));
        transport.publish('suite.unsubscribed', Uint8Array.of(1), 'suite.replies.7');
      });
      assert.equal(refused, 'suite.replies.7');
    },
  },
  {
    name: 'has reported no responders before a later flush resolves',
    async run(connect) {
      const transport = await connect();
      let refused = false;
      transport.subscribe('suite.replies.*', {
        deliver: () => undefined,
        noResponders: () => {
          refused = true;
        },
      });
      transport.publish('suite.unsubscribed', Uint8Array.of(1), 'suite.replies.1');
      await transport.flush();
      assert.ok(refused);
    },
  },
  {
    name: 'keeps delivering after a callback has thrown',
    async run(connect) {
      const transport = await connect();
      let heard = 0;
      const both = new Promise<void>((resolve) => {
        transport.subscribe('suite.throwing', {
          deliver: () => {
            if (++heard === 2) resolve();
            throw new Error('thrown by a callback');
          },
        });
      });
      await transport.flush();
      transport.publish('suite.throwing', Uint8Array.of(1));
      transport.publish('suite.throwing', Uint8Array.of(2));
      await both;
    },
  },
  {
    name: 'refuses a payload above its limit and delivers one at the limit',
    async run(connect) {
      const transport = await connect();
      const got = collect(transport, 'suite.large', 1);
      await transport.flush();
      assert.throws(
        () => transport.publish('suite.large', new Uint8Array(transport.maxPayload + 1)),
        withCode('payload_too_large'),
      );
      transport.publish('suite.large', new Uint8Array(transport.maxPayload));
      assert.equal((await got)[0]!.data.length, transport.maxPayload);
    },
  },
  {
    name: 'a drained subscription has delivered the earlier messages, and receives no later ones',
    async run(connect) {
      const [sender, receiver] = [await connect(), await connect()];
      let heard = 0;
      const subscription = receiver.subscribe('suite.drain', { deliver: () => heard++ });
      await receiver.flush();
      for (let sent = 0; sent < 50; sent++) sender.publish('suite.drain', Uint8Array.of(1));
      await sender.flush();
      await subscription.drain();
      assert.equal(heard, 50);
      sender.publish('suite.drain', Uint8Array.of(1));
      await sender.flush();
      await receiver.flush();
      assert.equal(heard, 50);
      await subscription.drain(); // a second drain has no effect
    },
  },
  {
    name: 'reports that it is closed, refuses to send, and ignores a second close',
    async run(connect) {
      const transport = await connect();
      const statuses: string[] = [];
      transport.onStatus((status) => statuses.push(status));
      await transport.close();
      await transport.close();
      assert.equal(transport.status, 'closed');
      assert.deepEqual(statuses, ['closed']);
      assert.throws(() => transport.publish('suite.closed', Uint8Array.of(1)), withCode('client_closed'));
      assert.throws(() => transport.subscribe('suite.closed', { deliver: () => undefined }), withCode('client_closed'));
      await assert.rejects(transport.flush(), withCode('client_closed'));
    },
  },
  {
    name: 'is healthy while it is connected, and calls back once when it has closed',
    async run(connect) {
      const transport = await connect();
      const reasons: unknown[] = [];
      const removed: unknown[] = [];
      transport.onClosed((reason) => reasons.push(reason));
      transport.onClosed((reason) => removed.push(reason))();
      assert.deepEqual(transport.health(), { ok: true, problems: [] });
      await transport.close();
      await transport.close();
      assert.deepEqual([reasons, removed], [[undefined], []]);
      assert.equal(transport.health().ok, false);
      assert.equal(transport.health().problems.length, 1);
      assert.equal(await new Promise((resolve) => transport.onClosed(resolve)), undefined);
    },
  },
];

/** Resolves with the first `count` messages on a subject, copied because a transport may reuse its buffers. */
function collect(transport: Transport, subject: string, count: number): Promise<IncomingMessage[]> {
  return new Promise((resolve) => {
    const messages: IncomingMessage[] = [];
    transport.subscribe(subject, {
      deliver: (message) => {
        messages.push({ subject: message.subject, reply: message.reply, data: Uint8Array.from(message.data) });
        if (messages.length === count) resolve(messages);
      },
    });
  });
}

function withCode(code: string) {
  return (error: unknown) => isRpcError(error) && error.code === code && error.executed === 'no';
}
