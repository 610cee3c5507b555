/** Who takes part: servers and agents, in this process or each in its own. */
import type { Tally } from './tally';

/** A release of the program. */
export type Release = '1.4' | '1.5';

/** What a member is. */
export interface MemberSpec {
  readonly kind: 'server' | 'agent';
  readonly name: string;
  readonly release: Release;
}

/** A running server or agent. */
export interface Member {
  /** What it has counted; nothing if it is a server. Told what goes on, so that it can say when it saw what. */
  report(phase: string): Promise<Tally | null>;
  /** Ends it, without losing a call. */
  stop(): Promise<void>;
}

/** Starts members, wherever they run. */
export interface Stage {
  start(spec: MemberSpec): Promise<Member>;
  close(): Promise<void>;
}
