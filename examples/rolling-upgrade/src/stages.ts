/** Where members run: all in this process on the memory transport, or each in a process of its own over NATS. */
import { MemoryTransport, NatsTransport, type Transport } from 'concord-rpc';
import { startAgent } from './agent';
import type { Member, MemberSpec, Stage } from './member';
import { startServer } from './port-server';
import { ProcessMember } from './process-member';

/** Starts a member on a transport. */
export function startMember(transport: Transport, spec: MemberSpec): Promise<Member> {
  return spec.kind === 'server' ? startServer(transport, spec) : startAgent(transport, spec);
}

/** All in this process. */
export function thisProcess(): Stage {
  const transport = new MemoryTransport();
  return { start: (spec) => startMember(transport, spec), close: () => transport.close() };
}

/** A process each. @throws RpcError `not_connected` if NATS cannot be reached. */
export async function processes(url: string): Promise<Stage> {
  const probe = await NatsTransport.connect({ servers: url });
  await probe.close();
  // a root of its own: whatever else uses this broker is not disturbed
  const root = `rolling-upgrade-${process.pid}`;
  return { start: (spec) => ProcessMember.start(spec, url, root), close: async () => undefined };
}
