/** The services API of `nats` on the server side. Its clients use plain `nc.request()`, so they are those of raw. */
import { connect as connectRaw } from './raw.mjs';

export const connect = connectRaw;

export async function serve({ url, scope, handlers }) {
  const { connect, JSONCodec } = await import('nats');
  const json = JSONCodec();
  const nc = await connect({ servers: url });
  const service = await nc.services.add({ name: 'bench', version: '1.0.0', queue: 'workers' });
  for (const [method, handle] of Object.entries(handlers)) {
    const handler = (_error, message) => {
      const result = handle(...json.decode(message.data));
      if (message.reply) message.respond(json.encode(result));
    };
    service.addEndpoint(method, { subject: `${scope}.${method}`, handler });
  }
  await nc.flush();
}
