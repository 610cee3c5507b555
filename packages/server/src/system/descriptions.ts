/** The contracts of a server on each of its topics, as `describe` sends them: written when they are first asked for. */
import type { Transport } from '@concord-rpc/core';
import { contractDocument } from '@concord-rpc/core/engine';
import type { ServerDescription } from '@concord-rpc/core/wire';
import type { Registration } from '../registration/registration';
import { PagedAnswer } from './paged-answer';

/** The descriptions of one server. A contract does not change while a server runs. */
export class Descriptions {
  private readonly byTopic = new Map<string, PagedAnswer>();

  constructor(
    private readonly server: string,
    private readonly registrations: readonly Registration[],
    private readonly transport: Pick<Transport, 'maxPayload'>,
  ) {}

  /** Returns the description of the topic of an endpoint. */
  of({ contract: { target } }: Registration): PagedAnswer {
    const topic = `${target.exchange}/${target.topic}`;
    let description = this.byTopic.get(topic);
    if (description === undefined) {
      const { server } = this;
      const contracts = this.registrations.map(({ contract }) => contract);
      const own = contracts.filter(
        (contract) => contract.target.exchange === target.exchange && contract.target.topic === target.topic,
      );
      const contract = contractDocument(own);
      const whole: ServerDescription = { server, contract };
      description = new PagedAnswer({ server, whole, content: contract, maxPayload: this.transport.maxPayload });
      this.byTopic.set(topic, description);
    }
    return description;
  }
}
