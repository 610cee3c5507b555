/** The same as plain.mjs, with the calls of one turn to one subject in one message, and the replies of one turn to one client in one message. */
import { furtherMethod } from '../../workloads.mjs';
import { answer, bytesOf, castOf, receive, requestOf, TIMEOUT, textOf } from './calls.mjs';
import { createLane } from './lane.mjs';
import { serveMethods } from './serve.mjs';
import { Slots } from './slots.mjs';

/** Messages whose calls are remembered, for a broker that reports that no server is subscribed. */
const REMEMBERED = 1_024;

export function serve(place) {
  return serveMethods(place, (nc) => {
    const replies = new Replies(nc);
    return {
      ofCalls: (method) => (_error, message) => {
        const arrived = performance.now();
        const lane = replies.laneTo(message.reply);
        for (const request of JSON.parse(textOf(message))) lane.add(answer(method, request, arrived));
      },
      ofCasts: (method) => (_error, message) => {
        for (const cast of JSON.parse(textOf(message))) receive(method, cast);
      },
    };
  });
}

export async function connect({ url, scope, methods }) {
  const nats = await import('nats');
  const nc = await nats.connect({ servers: url, noAsyncTraces: true });
  const inbox = nats.createInbox();
  const slots = new Slots(inbox, TIMEOUT);
  const sent = Array.from({ length: REMEMBERED }, (_, index) => ({ options: { reply: `${inbox}.${index}` }, requests: '' }));
  let messages = 0;
  const callback = (_error, message) => {
    if (message.data.length > 0) for (const reply of JSON.parse(textOf(message))) slots.take(reply);
    else {
      const { requests } = sent[Number(message.subject.slice(inbox.length + 1))];
      for (const [index, nonce] of JSON.parse(requests)) slots.fail(index, nonce, 'no server is subscribed');
    }
  };
  nc.subscribe(`${inbox}.*`, { callback });
  const call = (name) => {
    const subject = `${scope}.${name}`;
    const lane = createLane((requests) => {
      const message = sent[messages++ % REMEMBERED];
      message.requests = requests;
      nc.publish(subject, bytesOf(requests), message.options);
    });
    return (...args) => new Promise((resolve, reject) => lane.add(requestOf(slots.open(resolve, reject), args)));
  };
  const names = ['networks', 'echo', 'create_port', 'counted'];
  for (let index = 0; index < methods; index++) names.push(furtherMethod(index));
  const casts = createLane((texts) => nc.publish(`${scope}.cast.count`, bytesOf(texts)));
  const fanouts = createLane((texts) => nc.publish(`${scope}.all.count`, bytesOf(texts)));
  return {
    call: Object.fromEntries(names.map((name) => [name, call(name)])),
    cast: (port_id) => casts.add(castOf([port_id])),
    fanout: (port_id) => fanouts.add(castOf([port_id])),
    flush: () => {
      casts.flush();
      fanouts.flush();
      return nc.flush();
    },
  };
}

/** The replies of one turn, by client: what stands before the last dot of a reply subject. */
class Replies {
  #connection;
  #lanes = new Map();

  constructor(connection) {
    this.#connection = connection;
  }

  laneTo(reply) {
    const client = reply.slice(0, reply.lastIndexOf('.'));
    const known = this.#lanes.get(client);
    if (known !== undefined) return known;
    if (this.#lanes.size === 0) process.nextTick(() => this.#lanes.clear()); // each lane has scheduled its own end before
    const lane = createLane((texts) => this.#connection.publish(reply, bytesOf(texts)));
    this.#lanes.set(client, lane);
    return lane;
  }
}
