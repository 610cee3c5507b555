/** A topic as a server announces it: the answer to `ping`, and the content of its signs. */
import { randomBytes } from 'node:crypto';
import { contractHash, formatVersion } from '@concord-rpc/core/engine';
import type { Labels, ServerAnnouncement, subjects } from '@concord-rpc/core/wire';
import type { Registration } from '../registration/registration';

const BOOT_BYTES = 12;

/** The facts that tell a server apart from others, and from itself before a restart. */
export interface ServerIdentity {
  readonly name: string;
  /** The id of this start. */
  readonly boot: string;
  readonly labels?: Labels;
}

/** Returns the id of a start: 96 random bits. */
export function newBootId(): string {
  return randomBytes(BOOT_BYTES).toString('base64url');
}

/** The interfaces of a server on one topic. */
export class ServedTopic {
  /** Milliseconds between two signs on this topic; `undefined` if none are sent by themselves. */
  interval: number | undefined;

  constructor(
    readonly address: subjects.Address,
    readonly identity: ServerIdentity,
    private readonly registrations: readonly Registration[],
  ) {}

  /** Returns whether each interface has a method under one of these names. */
  having(names: readonly unknown[]): readonly boolean[] {
    return this.registrations.map(({ methods }) => names.some((name) => methods.has(name as string)));
  }

  /** The announcement. `having`: whether each interface has the method that a question names. */
  announcement(having?: readonly boolean[]): ServerAnnouncement {
    const { name: server, boot, labels } = this.identity;
    return {
      server,
      boot,
      ...(this.interval !== undefined && { interval: this.interval }),
      ...(labels !== undefined && { labels }),
      endpoints: this.registrations.map(({ contract, listen }, index) => ({
        name: contract.name,
        version: formatVersion(contract.version),
        namespaces: [contract.target.namespace, ...contract.legacyNamespaces],
        hash: contractHash(contract),
        ...(listen.length < 3 && { listen }),
        ...(having !== undefined && { hasMethod: having[index]! }),
      })),
    };
  }
}
