/** Stages on which members run: this process with the memory transport, or one process per member over NATS. */
import { MemoryTransport, NatsTransport, type Transport } from 'concord-rpc';
import { startAgent } from './agent';
import type { Member, MemberSpec, Stage } from './member';
import { startServer } from './port-server';
import { ProcessMember } from './process-member';

/** Starts a member on a transport. */
export function startMember(transport: Transport, spec: MemberSpec): Promise<Member> {
  return spec.kind === 'server' ? startServer(transport, spec) : startAgent(transport, spec);
}

/** All members in this process. */
export function thisProcess(): Stage {
  const transport = new MemoryTransport();
  return { start: (spec) => startMember(transport, spec), close: () => transport.close() };
}

/** One process per member. @throws RpcError `not_connected` if NATS cannot be reached. */
export async function processes(url: string): Promise<Stage> {
  const probe = await NatsTransport.connect({ servers: url });
  await probe.close();
  // with its own root, the example does not disturb other users of the broker
  const root = `rolling-upgrade-${process.pid}`;
  return { start: (spec) => ProcessMember.start(spec, url, root), close: async () => undefined };
}
