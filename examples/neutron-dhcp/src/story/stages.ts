/** The story as a table of steps, in order, each with its role. The output shows the actual results of the steps. */
import type { RoleName } from './role';

/** A title with its steps. */
export interface Stage {
  readonly title: string;
  readonly steps: readonly (readonly [who: RoleName, step: string])[];
}

/** The whole story. */
export const STAGES: readonly Stage[] = [
  {
    title: 'The plugin starts, then two agents; agent-2 is a release behind',
    steps: [
      ['plugin', 'startCurrent'],
      ['agent-1', 'start'],
      ['agent-2', 'start'],
    ],
  },
  {
    title: 'Agent to plugin: both agents use one plugin, each in its version',
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
    title: 'Arguments are checked before the plugin receives them',
    steps: [['agent-2', 'createBadPort']],
  },
  {
    title: 'Plugin to one agent: a priority (1.1) goes only to an agent that understands it',
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
    title: 'Plugin to all agents: one notification needs 1.1, the next only 1.0',
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
    title: 'A second plugin worker joins the group, still at 1.7: calls go to a worker that can serve them',
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
    title: 'The new worker stops: calls that need 1.8 are refused at once with the reason; other calls succeed',
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
