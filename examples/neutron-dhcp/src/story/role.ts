/** A role in the story: runs one step at a time and reports it, in this process or another. */
import type { Report } from './journal';

/** All roles, in the order in which they start. */
export const ROLE_NAMES = ['plugin', 'agent-1', 'agent-2'] as const;
/** The name of a role, and of its server. */
export type RoleName = (typeof ROLE_NAMES)[number];

/** A running role. It runs one step at a time: the next step starts after the report of the last. */
export interface Role {
  perform(step: string): Promise<Report>;
  stop(): Promise<void>;
}
