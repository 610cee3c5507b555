/** The plugin: two workers at different versions over one state, and the notifier. */
import { RpcServer, type Transport } from 'concord-rpc';
import { CURRENT, PREVIOUS, versionOf } from '../contracts/releases';
import { Journal } from '../story/journal';
import type { Role } from '../story/role';
import { DhcpAgentNotifier } from './dhcp-agent-notifier';
import { DhcpRpcCallback } from './dhcp-rpc-callback';
import { NeutronState } from './neutron-state';
import { PreviousDhcpRpcCallback } from './previous-dhcp-rpc-callback';

/** The steps that the plugin can run, by name. */
export type PluginStep = keyof Plugin['steps'];

const AGENTS = new Map([
  ['agent-1', versionOf(CURRENT.agentApi)],
  ['agent-2', versionOf(PREVIOUS.agentApi)],
]);

interface Worker {
  readonly server: RpcServer;
  readonly version: string;
  /** Handlers that the worker had run when the shares were last printed. */
  told: number;
}

/** Runs the plugin's steps: serves agents and notifies them. */
export class Plugin implements Role {
  private readonly journal = new Journal();
  private readonly state = new NeutronState();
  private readonly notifier: DhcpAgentNotifier;
  private readonly current: Worker;
  private readonly previous: Worker;
  private readonly network = this.state.addNetwork('private', 1001);
  private readonly lab = this.state.addNetwork('lab', 1002);
  private readonly subnet = this.state.addSubnet(this.network.id, '10.0.0.0/24', true);

  constructor(transport: Transport) {
    this.notifier = new DhcpAgentNotifier(transport, AGENTS, this.journal);
    const current = new RpcServer(transport, { server: 'controller-1' });
    current.register(CURRENT.pluginApi, new DhcpRpcCallback(this.state));
    this.current = { server: current, version: versionOf(CURRENT.pluginApi), told: 0 };
    const previous = new RpcServer(transport, { server: 'controller-2' });
    previous.register(PREVIOUS.pluginApi, new PreviousDhcpRpcCallback(this.state));
    this.previous = { server: previous, version: versionOf(PREVIOUS.pluginApi), told: 0 };
    this.state.addSubnet(this.network.id, '10.0.9.0/24', false);
    this.state.addSubnet(this.lab.id, '192.168.7.0/24', true);
    this.state.addMachinePort('vm-1', this.network.id);
  }

  readonly steps = {
    startCurrent: () => this.start(this.current),
    startPrevious: () => this.start(this.previous),
    stopCurrent: async () => {
      await this.current.server.stop();
      this.journal.say(`${this.current.server.name} is stopped`);
    },
    machines: async () => {
      const ports = this.state.network(this.network.id)!.ports.filter(({ device_owner }) => device_owner === 'compute:nova');
      this.journal.say(`state: ${ports.map(({ name, status }) => `${name} is ${status}`).join(', ')}`);
    },
    giveNetworkToAgent2: async () => {
      const network = this.state.addNetwork('dmz', 1003);
      this.state.addSubnet(network.id, '172.16.0.0/24', true);
      await this.notifier.notify('agent-2', 'network_create_end', { network: { id: network.id } }, 4);
    },
    bootMachine: async () => {
      const port = this.state.addMachinePort('vm-2', this.network.id);
      this.journal.say(`vm-2 boots on private: its port ${port.fixed_ips[0]!.ip_address} is ${port.status}`);
      for (const host of AGENTS.keys()) await this.notifier.notify(host, 'port_create_end', { port }, 2);
    },
    insistOnPriority: async () => {
      const [, port] = this.state.network(this.network.id)!.ports;
      const cast = this.notifier.agent('agent-2').$cast.port_update_end({ port: port!, priority: 1 });
      await this.journal.refused('port_update_end cast to agent-2 with priority 1,', cast);
    },
    changeDns: async () => {
      const subnet = this.state.updateSubnet(this.subnet.id, { dns_nameservers: ['10.0.0.53'] });
      await this.notifier.notifyAll('subnet_update_end', { subnet, priority: 3 });
    },
    deleteLab: async () => {
      this.state.removeNetwork(this.lab.id);
      await this.notifier.notifyAll('network_delete_end', { network_id: this.lab.id });
    },
    takeNetworkFromAgent2: async () => {
      await this.notifier.notify('agent-2', 'network_delete_end', { network_id: this.network.id }, 1);
    },
    disableAgent2: () => this.notifier.notify('agent-2', 'agent_updated', { admin_state_up: false }, 5),
    shares: async () => this.tellShares([this.current, this.previous]),
  };

  async perform(step: string) {
    await this.steps[step as PluginStep]();
    return this.journal.take();
  }

  async stop(): Promise<void> {
    await Promise.all([this.current.server.stop(), this.previous.server.stop()]);
  }

  private async start({ server, version }: Worker): Promise<void> {
    await server.start();
    this.journal.say(`${server.name} serves DhcpPluginApi ${version}`);
  }

  /** Prints the share of each worker as a word, because NATS picks one of the workers at random. */
  private tellShares(workers: readonly Worker[]): void {
    const ran = workers.map((worker) => worker.server.stats().started - worker.told);
    const total = ran.reduce((sum, count) => sum + count, 0);
    const word = (count: number) => (count === 0 ? 'none' : count === total ? `all ${total}` : `a part of ${total}`);
    const shares = workers.map(({ server, version }, index) => `${server.name} (${version}) ran ${word(ran[index]!)}`);
    for (const [index, worker] of workers.entries()) worker.told += ran[index]!;
    this.journal.say(shares.join(', '));
  }
}
