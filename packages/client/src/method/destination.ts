/** The destination of a client's calls: any server, one server, or all servers of a topic; with the subjects built for it. */
import { formatTarget, type Target } from '@concord-rpc/core/engine';
import { subjects } from '@concord-rpc/core/wire';

/** The destination of a client's calls. */
export class Destination {
  /** Subjects by the index of the method and the minor; one is built when it is first needed. */
  readonly subjects: (string | undefined)[][] = [];
  /** The part of every subject before the namespace. */
  readonly prefix: string;

  constructor(
    readonly delivery: subjects.Delivery,
    readonly address: subjects.Address,
    readonly target: Target,
    /** The name of the server, if `delivery` is `to`. */
    readonly server?: string,
  ) {
    this.prefix =
      delivery === 'any'
        ? subjects.anyPrefix(address)
        : delivery === 'all'
          ? subjects.allPrefix(address)
          : subjects.serverPrefix(address, server!);
  }

  /** The destination as errors name it: `neutron/q-plugin dhcp`, `server controller-2 of neutron/q-plugin`. */
  toString(): string {
    return this.server === undefined ? formatTarget(this.target) : `server ${this.server} of ${formatTarget(this.target)}`;
  }
}
