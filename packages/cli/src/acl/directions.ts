/** The directions of calls as roles files name them, with the subjects that they use and the methods that have them. */
import type { MethodDocument } from '@concord-rpc/core/engine';
import type { subjects } from '@concord-rpc/core/wire';

/** A word of a roles file. */
export type CallDirection = 'call' | 'cast' | 'to' | 'fanout' | 'each';

/** One direction. */
interface DirectionRow {
  readonly is: string;
  /** The subjects: a broker sees these, and not whether a message is a call or a cast. */
  readonly delivery: subjects.Delivery;
  /** The modes of the methods that have it. */
  readonly modes: readonly MethodDocument['mode'][];
}

/** The directions. */
export const DIRECTIONS: Readonly<Record<CallDirection, DirectionRow>> = {
  call: { is: 'calls and streams', delivery: 'any', modes: ['any', 'call', 'stream'] },
  cast: { is: 'casts to any server', delivery: 'any', modes: ['any', 'cast'] },
  to: { is: 'messages to a server by name', delivery: 'to', modes: ['any', 'call', 'cast', 'stream'] },
  fanout: { is: 'casts to every server', delivery: 'all', modes: ['any', 'cast', 'fanout'] },
  each: { is: 'calls to every server', delivery: 'all', modes: ['any', 'call'] },
};
