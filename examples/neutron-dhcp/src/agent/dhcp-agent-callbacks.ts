/** The handlers for notifications of the plugin. They fit both versions of the contract, with and without `priority`. */
import type { DhcpAgentApi } from '../contracts/dhcp-agent-api';
import type {
  AgentUpdated,
  NetworkCreated,
  NetworkDeleted,
  NetworkUpdated,
  Notification,
  PortChanged,
  PortDeleted,
  SubnetChanged,
  SubnetDeleted,
} from '../contracts/notifications';
import { Journal } from '../story/journal';
import type { DhcpService } from './dhcp-service';
import type { HeardNotifications } from './heard-notifications';

/** Carries out notifications and adds each outcome to `heard`. */
export class DhcpAgentCallbacks implements DhcpAgentApi {
  constructor(
    private readonly service: DhcpService,
    private readonly heard: HeardNotifications,
  ) {}

  network_create_end(payload: NetworkCreated) {
    return this.tell('network_create_end', payload, async (journal) => {
      const network = await this.service.reload(payload.network.id, journal);
      if (network !== null) await this.service.serve(network, journal);
    });
  }

  network_update_end(payload: NetworkUpdated) {
    const { id, admin_state_up } = payload.network;
    return this.tell('network_update_end', payload, async (journal) => {
      if (!admin_state_up) await this.service.forget(id, journal);
    });
  }

  network_delete_end(payload: NetworkDeleted) {
    return this.tell('network_delete_end', payload, (journal) => this.service.forget(payload.network_id, journal));
  }

  subnet_create_end(payload: SubnetChanged) {
    return this.tell('subnet_create_end', payload, async (journal) => {
      const network = await this.service.reload(payload.subnet.network_id, journal);
      if (network !== null) await this.service.serve(network, journal);
    });
  }

  subnet_update_end(payload: SubnetChanged) {
    return this.tell('subnet_update_end', payload, async (journal) => this.service.changeSubnet(payload.subnet, journal));
  }

  subnet_delete_end(payload: SubnetDeleted) {
    return this.tell('subnet_delete_end', payload, async (journal) => {
      const network = await this.service.reload(payload.network_id, journal);
      if (network !== null) await this.service.serve(network, journal);
    });
  }

  port_create_end(payload: PortChanged) {
    return this.tell('port_create_end', payload, (journal) => this.service.ready([payload.port], journal));
  }

  port_update_end(payload: PortChanged) {
    return this.tell('port_update_end', payload, (journal) => this.service.ready([payload.port], journal));
  }

  port_delete_end(payload: PortDeleted) {
    return this.tell('port_delete_end', payload, async (journal) => {
      journal.say(`no more leases for ${payload.fixed_ips.map(({ ip_address }) => ip_address).join(', ')}`);
    });
  }

  agent_updated(payload: AgentUpdated) {
    return this.tell('agent_updated', payload, async (journal) => {
      journal.say(payload.admin_state_up ? 'is in service' : 'is out of service');
    });
  }

  /** Carries out a notification, with its own journal. */
  private async tell(name: string, { priority }: Notification, work: (journal: Journal) => Promise<void>): Promise<void> {
    const journal = new Journal();
    journal.say(`heard ${name}${priority === undefined ? '' : ` (priority ${priority})`}`);
    try {
      await work(journal);
      this.heard.add(journal.take());
    } catch (error) {
      this.heard.add(error as Error);
    }
  }
}
