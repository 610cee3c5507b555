/** Where a view of a client sends: any server, one, or all; with the subject of each method and version built once. */
import { formatTarget, subjects, type Target } from '@concord-rpc/core';
import type { ClientMethod } from './client-method';

/** The destination of a client's calls. */
export class Destination {
  /** By method and minor. */
  private readonly built: (string | undefined)[][] = [];

  constructor(
    readonly delivery: subjects.Delivery,
    readonly address: subjects.Address,
    readonly target: Target,
    /** The one server that is meant, if `delivery` is `to`. */
    readonly server?: string,
  ) {
    this.prefix = {
      any: () => subjects.anyPrefix(address),
      to: () => subjects.serverPrefix(address, server!),
      all: () => subjects.allPrefix(address),
    }[delivery]();
  }

  private readonly prefix: string;

  /** The subject of a method at the minor that a call needs. */
  subject(method: ClientMethod, minor: number): string {
    const byMinor = (this.built[method.index] ??= []);
    return (byMinor[minor] ??= subjects.methodSubject(this.prefix, {
      namespace: this.target.namespace,
      major: method.contract.version.major,
      minor,
      method: method.definition.name,
    }));
  }

  /** As errors name it: `neutron/q-plugin dhcp`, `server controller-2 of neutron/q-plugin`. */
  toString(): string {
    return this.server === undefined ? formatTarget(this.target) : `server ${this.server} of ${formatTarget(this.target)}`;
  }
}
