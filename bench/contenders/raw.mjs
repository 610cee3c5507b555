/** What users write by hand: `nats`, a callback subscription in a queue group, `nc.request()`, JSON both ways. */

/** Serves the handlers with one or more servers; resolves once the broker knows their subscriptions. */
export async function serve({ url, scope, servers, handlers }) {
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
    nc.subscribe(`${scope}.all.count`, { callback: (_error, message) => handlers.count(...json.decode(message.data)) });
    await nc.flush();
  }
}

/** Connects a client, `options` being those of `nats.connect`: `call` has a function a method; `cast` and `fanout` send, and `flush`, if there is one, says that they are sent. */
export async function connect({ url, scope, options }) {
  const nats = await import('nats');
  const json = nats.JSONCodec();
  const nc = await nats.connect({ servers: url, ...options });
  const call = (method) => {
    const subject = `${scope}.${method}`;
    return async (...args) => json.decode((await nc.request(subject, json.encode(args), { timeout: 10_000 })).data);
  };
  return {
    call: { networks: call('networks'), echo: call('echo'), create_port: call('create_port'), counted: call('counted') },
    cast: (port_id) => nc.publish(`${scope}.count`, json.encode([port_id])),
    fanout: (port_id) => nc.publish(`${scope}.all.count`, json.encode([port_id])),
    flush: () => nc.flush(),
  };
}
