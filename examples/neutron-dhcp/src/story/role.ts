/** Somebody in the story: does one step at a time and reports it, in this process or in another. */
import type { Report } from './journal';

/** Everybody, in the order in which they start. */
export const ROLE_NAMES = ['plugin', 'agent-1', 'agent-2'] as const;
/** The name of a role, and of its server. */
export type RoleName = (typeof ROLE_NAMES)[number];

/** One step at a time: the next is asked for when the last has reported. */
export interface Role {
  perform(step: string): Promise<Report>;
  stop(): Promise<void>;
}
