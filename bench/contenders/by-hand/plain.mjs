/** The least code over the public API of `nats` that makes the checks of Concord: each call is a message. */
import { furtherMethod } from '../../workloads.mjs';
import { answer, bytesOf, castOf, receive, requestOf, TIMEOUT, textOf } from './calls.mjs';
import { serveMethods } from './serve.mjs';
import { Slots } from './slots.mjs';

export function serve(place) {
  return serveMethods(place, (nc) => ({
    ofCalls: (method) => (_error, message) =>
      nc.publish(message.reply, bytesOf(answer(method, JSON.parse(textOf(message)), performance.now()))),
    ofCasts: (method) => (_error, message) => receive(method, JSON.parse(textOf(message))),
  }));
}

export async function connect({ url, scope, methods }) {
  const nats = await import('nats');
  const nc = await nats.connect({ servers: url, noAsyncTraces: true });
  const inbox = nats.createInbox();
  const slots = new Slots(inbox, TIMEOUT);
  const callback = (_error, message) => {
    if (message.data.length > 0) return slots.take(JSON.parse(textOf(message)));
    const index = Number(message.subject.slice(inbox.length + 1));
    slots.fail(index, slots.nonceOf(index), 'no server is subscribed');
  };
  nc.subscribe(`${inbox}.*`, { callback });
  const call = (name) => {
    const subject = `${scope}.${name}`;
    return (...args) =>
      new Promise((resolve, reject) => {
        const slot = slots.open(resolve, reject);
        nc.publish(subject, bytesOf(requestOf(slot, args)), slot.publishOptions);
      });
  };
  const names = ['networks', 'echo', 'create_port', 'counted'];
  for (let index = 0; index < methods; index++) names.push(furtherMethod(index));
  return {
    call: Object.fromEntries(names.map((name) => [name, call(name)])),
    cast: (port_id) => nc.publish(`${scope}.cast.count`, bytesOf(castOf([port_id]))),
    fanout: (port_id) => nc.publish(`${scope}.all.count`, bytesOf(castOf([port_id]))),
    flush: () => nc.flush(),
  };
}
