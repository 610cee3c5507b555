/** A nats-server that can be asked about itself: how many subscriptions it holds, how much memory, what it has delivered to whom. */

/** Contenders connect without a name and are of the account BENCH; who asks is of the system account. */
const CONFIG = `
accounts { BENCH { users: [{ user: bench, password: bench }] }, SYS { users: [{ user: system, password: system }] } }
system_account: SYS
no_auth_user: bench
`;
/** More connections than any fleet has: the broker tells of 1 024 unless asked for more. */
const MOST_CONNECTIONS = 65_536;

/** Starts one; with `memory()` and `connections()` besides what any has. */
export async function startTalkingBroker() {
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
    /** The contenders' connections, in the order in which they were made, with how many subscriptions each has and how many bytes it was sent. */
    async connections() {
      const { data } = await request('$SYS.REQ.SERVER.PING.CONNZ', { acc: 'BENCH', limit: MOST_CONNECTIONS });
      const connections = data.connections.map(({ cid, subscriptions, out_bytes }) => ({
        id: cid,
        subscriptions,
        bytes: out_bytes,
      }));
      return connections.sort((a, b) => a.id - b.id);
    },
    async stop() {
      await system.close();
      await broker.stop();
    },
  };
}
