/** A server of either release. */
import { RpcServer, type Transport } from 'concord-rpc';
import type { Member, MemberSpec, Release } from './member';
import { type PortFilter as PortFilter14, PortsApi as PortsApi14 } from './release-1.4/ports-api';
import { type PortFilter as PortFilter15, PortsApi as PortsApi15 } from './release-1.5/ports-api';

const PORTS = ['port-1', 'port-2'];

const REGISTER: Readonly<Record<Release, (server: RpcServer) => void>> = {
  '1.4': (server) =>
    server.register(PortsApi14, {
      getPorts: async (_host: string, filter: PortFilter14) => ({ server: server.name, ports: PORTS, chosenBy: partsOf(filter) }),
    }),
  '1.5': (server) =>
    server.register(PortsApi15, {
      getPorts: async (_host: string, filter: PortFilter15) => ({
        server: server.name,
        ports: PORTS,
        chosenBy: partsOf(filter),
        mtu: 1500,
      }),
    }),
};

/** Starts a server; resolves when it serves. */
export async function startServer(transport: Transport, { name, release }: MemberSpec): Promise<Member> {
  const server = new RpcServer(transport, { server: name });
  REGISTER[release](server);
  await server.start();
  return { report: async () => null, stop: () => server.stop() };
}

function partsOf(filter: object): string[] {
  return Object.entries(filter).flatMap(([part, value]) => (value === undefined ? [] : [part]));
}
