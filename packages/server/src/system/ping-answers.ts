/** The answers to `ping`, encoded once for each set of interfaces that have the method which the question names. */
import { RpcError } from '@concord-rpc/core';
import { formatVersion } from '@concord-rpc/core/engine';
import type { ServerAnnouncement } from '@concord-rpc/core/wire';
import type { Registration } from '../registration/registration';
import { StoredAnswer } from './stored-answer';

/** Most names of one method: more cannot be known to a contract. */
const MOST_NAMES = 64;
/** Most answers that are remembered. Questions about real methods have one answer for each set of interfaces. */
const MOST_KEPT = 256;

/** The announcements of one topic of a server. */
export class PingAnswers {
  private readonly answers = new Map<string, StoredAnswer>();

  constructor(
    private readonly server: string,
    private readonly registrations: readonly Registration[],
  ) {}

  /** Returns the announcement; with the names of a method, it says which interfaces have the method. @throws RpcError `invalid_argument` */
  about(names: readonly unknown[]): StoredAnswer {
    if (names.length > MOST_NAMES) {
      throw new RpcError('invalid_argument', `ping takes at most ${MOST_NAMES} names of a method; got ${names.length}`);
    }
    const having = this.registrations.map(({ methods }) => names.some((name) => methods.has(name as string)));
    const key = names.length === 0 ? '' : having.map((has) => (has ? '1' : '0')).join('');
    let answer = this.answers.get(key);
    if (answer === undefined) {
      if (this.answers.size === MOST_KEPT) this.answers.clear();
      this.answers.set(key, (answer = new StoredAnswer(this.announcement(key === '' ? undefined : having))));
    }
    return answer;
  }

  private announcement(having: readonly boolean[] | undefined): ServerAnnouncement {
    return {
      server: this.server,
      joins: true,
      endpoints: this.registrations.map(({ contract }, index) => ({
        name: contract.name,
        version: formatVersion(contract.version),
        namespaces: [contract.target.namespace, ...contract.legacyNamespaces],
        ...(having !== undefined && { hasMethod: having[index]! }),
      })),
    };
  }
}
