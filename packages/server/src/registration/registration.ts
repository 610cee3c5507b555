/** A contract with its handlers, as registered. */
import type { Contract } from '@concord-rpc/core/engine';
import type { subjects } from '@concord-rpc/core/wire';
import type { ServedMethod } from '../request/served-method';

/** One endpoint of a server. */
export interface Registration {
  readonly contract: Contract;
  /** By name. A renamed method is listed under its former names too. */
  readonly methods: ReadonlyMap<string, ServedMethod>;
  /** The deliveries under which the endpoint takes messages. */
  readonly listen: readonly subjects.Delivery[];
}
