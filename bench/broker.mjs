/** A nats-server with a system account, which reports its subscriptions, its memory and the bytes sent to each connection. */

/** Contenders connect without a user and belong to the account BENCH; the harness uses the system account. */
const CONFIG = `
accounts { BENCH { users: [{ user: bench, password: bench }] }, SYS { users: [{ user: system, password: system }] } }
system_account: SYS
no_auth_user: bench
`;
/** A limit above every fleet. Without it, the broker reports 1 024 connections. */
const MOST_CONNECTIONS = 65_536;

/** Starts the broker. It has `memory()` and `connections()` in addition to the members of any nats-server. */
export async function startObservedBroker() {
  const { startNatsServer } = await import('../packages/testing/dist/index.js');
  const { connect, JSONCodec } = await import('nats');
  const broker = await startNatsServer({ config: CONFIG });
  const system = await connect({ servers: broker.url, user: 'system', pass: 'system' });
  const json = JSONCodec();
  const request = async (subject, options) =>
    json.decode((await system.request(subject, json.encode(options), { timeout: 10_000 })).data);
  return {
    ...broker,
    /** Resident memory, in bytes. */
    async memory() {
      const { statsz } = await request('$SYS.REQ.SERVER.PING.STATSZ', {});
      return statsz.mem;
    },
    /** The contenders' connections in the order of connecting, each with its subscriptions and the bytes sent to it. */
    async connections() {
      const { data } = await request('$SYS.REQ.SERVER.PING.CONNZ', { acc: 'BENCH', limit: MOST_CONNECTIONS });
      const connections = data.connections.map(({ cid, subscriptions, out_bytes }) => ({
        id: cid,
        subscriptions,
        bytes: out_bytes,
      }));
      return connections.sort((a, b) => a.id - b.id);
    },
    /** The subjects of all subscriptions of the contenders; a subject of several subscriptions is listed several times. */
    async subjects() {
      const { data } = await request('$SYS.REQ.SERVER.PING.CONNZ', {
        acc: 'BENCH',
        limit: MOST_CONNECTIONS,
        subscriptions: true,
      });
      return data.connections.flatMap(({ subscriptions_list = [] }) => subscriptions_list);
    },
    /** The messages that the broker has received and sent. */
    async messages() {
      const { statsz } = await request('$SYS.REQ.SERVER.PING.STATSZ', {});
      return { received: statsz.received.msgs, sent: statsz.sent.msgs };
    },
    async stop() {
      await system.close();
      await broker.stop();
    },
  };
}
