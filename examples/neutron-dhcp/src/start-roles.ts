/** Starts all roles: in this process on the memory transport, or each in its own process over NATS. */
import { MemoryTransport, NatsTransport } from 'concord-rpc';
import { createRole } from './create-role';
import { ProcessRole } from './process-role';
import { ROLE_NAMES, type Role, type RoleName } from './story/role';

/** All roles, started. */
export interface Roles {
  readonly roles: Readonly<Record<RoleName, Role>>;
  /** Stops all roles, agents before the plugin. */
  stop(): Promise<void>;
}

/** Starts all roles on one memory transport. */
export function startInThisProcess(): Roles {
  const transport = new MemoryTransport();
  const roles = Object.fromEntries(ROLE_NAMES.map((name) => [name, createRole(name, transport)])) as Roles['roles'];
  return { roles, stop: () => stopAll(Object.values(roles)).then(() => transport.close()) };
}

/** Starts each role in its own process. @throws RpcError `not_connected` if NATS cannot be reached; no process is started then. */
export async function startProcesses(url: string): Promise<Roles> {
  const probe = await NatsTransport.connect({ servers: url });
  await probe.close();
  // with its own root, the example does not disturb other users of the broker
  const root = `neutron-dhcp-${process.pid}`;
  const started = await Promise.allSettled(ROLE_NAMES.map((name) => ProcessRole.start(name, url, root)));
  const running = started.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const failed = started.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stopAll(running);
    throw failed.reason;
  }
  const roles = Object.fromEntries(ROLE_NAMES.map((name, index) => [name, running[index]])) as unknown as Roles['roles'];
  return { roles, stop: () => stopAll(running) };
}

async function stopAll(roles: readonly Role[]): Promise<void> {
  for (const role of [...roles].reverse()) await role.stop();
}
