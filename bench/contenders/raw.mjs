/** The code that users write by hand: `nats`, a callback subscription in a queue group, `nc.request()`, JSON both ways. */
import { createRequire } from 'node:module';
import { portClass } from '../dto.mjs';
import { furtherMethod } from '../workloads.mjs';

/** Serves the handlers with one or more servers; resolves once the broker knows their subscriptions. */
export async function serve({ url, scope, servers, methods, handlers, dto }) {
  if (dto) defineDto();
  const { connect, JSONCodec } = await import('nats');
  const json = JSONCodec();
  for (let server = 0; server < servers; server++) {
    const nc = await connect({ servers: url });
    for (const [method, handler] of Object.entries(handlers)) {
      const callback = (_error, message) => {
        const result = handler(...json.decode(message.data));
        if (message.reply) message.respond(json.encode(result));
      };
      nc.subscribe(`${scope}.${method}`, { queue: 'workers', callback });
    }
    if (methods > 0) serveFurther(nc, json, { scope, methods, handlers });
    nc.subscribe(`${scope}.all.count`, { callback: (_error, message) => handlers.count(...json.decode(message.data)) });
    await nc.flush();
  }
}

/** Many methods share one wildcard subscription; the subject selects the method. */
function serveFurther(nc, json, { scope, methods, handlers }) {
  const bySubject = new Map(further(methods).map((method) => [`${scope}.further.${method}`, handlers.echo]));
  const callback = (_error, message) => {
    const handler = bySubject.get(message.subject);
    if (message.reply) message.respond(json.encode(handler(...json.decode(message.data))));
  };
  nc.subscribe(`${scope}.further.*`, { queue: 'workers', callback });
}

/** Defines the DTO classes that Concord's contract has. class-transformer needs `reflect-metadata`. */
function defineDto() {
  const require = createRequire(import.meta.url);
  require('reflect-metadata');
  portClass({ ...require('class-validator'), ...require('class-transformer') });
}

function further(methods) {
  return Array.from({ length: methods }, (_, index) => furtherMethod(index));
}

/** Connects a client, `options` being those of `nats.connect`: `call` has one function per method; `cast` and `fanout` send; `flush`, if there is one, resolves when they are sent. */
export async function connect({ url, scope, methods, options, dto }) {
  if (dto) defineDto();
  const nats = await import('nats');
  const json = nats.JSONCodec();
  const nc = await nats.connect({ servers: url, ...options });
  const call = (method) => {
    const subject = `${scope}.${method}`;
    return async (...args) => json.decode((await nc.request(subject, json.encode(args), { timeout: 10_000 })).data);
  };
  const names = ['networks', 'echo', 'create_port', 'counted'].map((method) => [method, call(method)]);
  const furtherNames = further(methods).map((method) => [method, call(`further.${method}`)]);
  return {
    call: Object.fromEntries([...names, ...furtherNames]),
    cast: (port_id) => nc.publish(`${scope}.count`, json.encode([port_id])),
    fanout: (port_id) => nc.publish(`${scope}.all.count`, json.encode([port_id])),
    flush: () => nc.flush(),
  };
}
