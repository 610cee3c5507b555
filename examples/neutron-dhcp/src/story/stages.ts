/** The story as a table: what happens, in this order, and who does it. What is printed is what then really happens. */
import type { RoleName } from './role';

/** A title, and steps under it. */
export interface Stage {
  readonly title: string;
  readonly steps: readonly (readonly [who: RoleName, step: string])[];
}

/** The whole story. */
export const STAGES: readonly Stage[] = [
  {
    title: 'The plugin comes up, then two agents; agent-2 is a release behind',
    steps: [
      ['plugin', 'startCurrent'],
      ['agent-1', 'start'],
      ['agent-2', 'start'],
    ],
  },
  {
    title: 'Agent to plugin: both get their work from one plugin, each in its version',
    steps: [
      ['plugin', 'machines'],
      ['agent-1', 'sync'],
      ['agent-2', 'sync'],
      ['plugin', 'machines'],
      ['agent-2', 'listNetworks'],
      ['agent-2', 'renamePort'],
      ['agent-1', 'checkPort'],
      ['agent-1', 'inspectNetwork'],
    ],
  },
  {
    title: 'Arguments are checked before the plugin sees them',
    steps: [['agent-2', 'createBadPort']],
  },
  {
    title: 'Plugin to one agent: a priority (1.1) goes only to who understands it',
    steps: [
      ['plugin', 'giveNetworkToAgent2'],
      ['agent-2', 'hear'],
      ['plugin', 'bootMachine'],
      ['agent-1', 'hear'],
      ['agent-2', 'hear'],
      ['plugin', 'machines'],
      ['plugin', 'insistOnPriority'],
    ],
  },
  {
    title: 'Plugin to all agents: one needs 1.1, the next only 1.0',
    steps: [
      ['plugin', 'changeDns'],
      ['plugin', 'deleteLab'],
      ['agent-1', 'hear'],
      ['agent-1', 'hear'],
      ['agent-2', 'hear'],
      ['agent-2', 'tellLeftOut'],
    ],
  },
  {
    title: 'A second plugin worker joins the group, still at 1.7: calls go where they can be served',
    steps: [
      ['plugin', 'shares'],
      ['plugin', 'startPrevious'],
      ['agent-1', 'checkPortOften'],
      ['plugin', 'shares'],
      ['agent-1', 'listNetworksOften'],
      ['plugin', 'shares'],
    ],
  },
  {
    title: 'The new worker goes: what needs 1.8 is refused at once and says why; the rest goes on',
    steps: [
      ['plugin', 'stopCurrent'],
      ['agent-1', 'checkPortOrFallBack'],
      ['agent-1', 'inspectNetwork'],
      ['plugin', 'takeNetworkFromAgent2'],
      ['agent-2', 'hear'],
      ['plugin', 'disableAgent2'],
      ['agent-2', 'hear'],
    ],
  },
];
