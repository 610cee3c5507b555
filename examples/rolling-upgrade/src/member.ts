/** The members of the fleet: servers and agents, in this process or each in its own. */
import type { Tally } from './tally';

/** A release of the program. */
export type Release = '1.4' | '1.5';

/** The kind, name and release of a member. */
export interface MemberSpec {
  readonly kind: 'server' | 'agent';
  readonly name: string;
  readonly release: Release;
}

/** A running server or agent. */
export interface Member {
  /** Returns the counts of an agent; `null` for a server. `phase` names the current phase, which the counts refer to. */
  report(phase: string): Promise<Tally | null>;
  /** Stops the member without losing a call. */
  stop(): Promise<void>;
}

/** Starts members in this process or in others. */
export interface Stage {
  start(spec: MemberSpec): Promise<Member>;
  close(): Promise<void>;
}
