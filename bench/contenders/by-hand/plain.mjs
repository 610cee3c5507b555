/** The least code over the public API of `nats` that makes the checks of Concord: each call is a message. */
import { furtherMethod } from '../../workloads.mjs';
import { answer, bytesOf, castOf, methodOf, receive, requestOf, TIMEOUT, textOf } from './calls.mjs';
import { Slots } from './slots.mjs';

export async function serve({ url, scope, servers, methods, handlers }) {
  const { connect } = await import('nats');
  for (let server = 0; server < servers; server++) {
    const nc = await connect({ servers: url, noAsyncTraces: true });
    const offer = (subject, method) => {
      const callback = (_error, message) =>
        nc.publish(message.reply, bytesOf(answer(method, JSON.parse(textOf(message)), performance.now())));
      nc.subscribe(subject, { queue: 'workers', callback });
    };
    for (const [name, handle] of Object.entries(handlers)) offer(`${scope}.${name}`, methodOf(name, handle));
    for (let index = 0; index < methods; index++) offer(`${scope}.${furtherMethod(index)}`, methodOf('echo', handlers.echo));
    const count = methodOf('count', handlers.count);
    const callback = (_error, message) => receive(count, JSON.parse(textOf(message)));
    nc.subscribe(`${scope}.cast.count`, { queue: 'workers', callback });
    nc.subscribe(`${scope}.all.count`, { callback });
    await nc.flush();
  }
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
