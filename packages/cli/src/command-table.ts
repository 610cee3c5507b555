/** The commands of `concord`: names and summaries for the help, and modules that are loaded when a command is called. */
import type { Command } from 'commander';
import type { LoadCommand, Runner } from './console/runner';

/** A command without commands of its own. `load` resolves to the function that adds its options and its action. */
export interface LeafCommand {
  readonly name: string;
  readonly summary: string;
  /** The help does not list it. */
  readonly isHidden?: boolean;
  load(): Promise<(command: Command, run: Runner, load: LoadCommand) => void>;
}

/** A command that has commands of its own. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly commands: readonly LeafCommand[];
}

const GENERATE: LeafCommand = {
  name: 'generate',
  summary: 'Write a contract as a client, as a page, or as AsyncAPI',
  load: async () => (await import('./generate/generate-command.js')).defineGenerate,
};

const CONTRACT_COMMANDS: readonly LeafCommand[] = [
  {
    name: 'snapshot',
    summary: 'Write the contract of the code to the contract file',
    load: async () => (await import('./commands/snapshot-command.js')).defineSnapshot,
  },
  {
    name: 'check',
    summary: 'Check the contract against its rules, its releases and a baseline',
    load: async () => (await import('./commands/check-command.js')).defineCheck,
  },
  {
    name: 'diff',
    summary: 'Compare two contracts',
    load: async () => (await import('./commands/diff-command.js')).defineDiff,
  },
  {
    name: 'approve',
    summary: 'Approve one finding of the check',
    load: async () => (await import('./commands/approve-command.js')).defineApprove,
  },
  {
    name: 'matrix',
    summary: 'Show which client versions work with which server versions',
    load: async () => (await import('./commands/matrix-command.js')).defineMatrix,
  },
  {
    name: 'can-deploy',
    summary: 'Check whether a version can join a fleet',
    load: async () => (await import('./commands/can-deploy-command.js')).defineCanDeploy,
  },
  { ...GENERATE, isHidden: true }, // the former place of the command
  {
    name: 'schema',
    summary: 'Print the JSON Schema of contract files or of JSON findings',
    load: async () => (await import('./commands/schema-command.js')).defineSchema,
  },
];

/** The commands in the order of the help. */
export const COMMANDS: readonly (LeafCommand | CommandGroup)[] = [
  {
    name: 'ls',
    summary: 'List topics, servers, versions and labels of a live fleet',
    load: async () => (await import('./fleet/ls-command.js')).defineLs,
  },
  {
    name: 'fleet',
    summary: 'Show the versions of servers and callers',
    load: async () => (await import('./fleet/fleet-command.js')).defineFleet,
  },
  {
    name: 'describe',
    summary: 'Show an interface or a method, with arguments to fill in',
    load: async () => (await import('./fleet/describe-command.js')).defineDescribe,
  },
  {
    name: 'ping',
    summary: 'Measure the time in which servers answer',
    load: async () => (await import('./fleet/ping-command.js')).definePing,
  },
  {
    name: 'call',
    summary: 'Call a method and print its result, or the items of a stream',
    load: async () => (await import('./fleet/call-command.js')).defineCall,
  },
  {
    name: 'cast',
    summary: 'Send a call without a result to one server',
    load: async () => (await import('./fleet/send-command.js')).defineCast,
  },
  {
    name: 'fanout',
    summary: 'Send a call without a result to every server',
    load: async () => (await import('./fleet/send-command.js')).defineFanout,
  },
  {
    name: 'each',
    summary: 'Call a method on every server and print each answer',
    load: async () => (await import('./fleet/each-command.js')).defineEach,
  },
  {
    name: 'trace',
    summary: 'Show which servers would take a call, and why not the others',
    load: async () => (await import('./fleet/trace-command.js')).defineTrace,
  },
  {
    name: 'inspect',
    summary: 'Serve a page that shows a live fleet in a browser',
    load: async () => (await import('./inspect/inspect-command.js')).defineInspect,
  },
  {
    name: 'watch',
    summary: 'Print calls and casts as servers serve them',
    load: async () => (await import('./watching/watch-command.js')).defineWatch,
  },
  {
    name: 'top',
    summary: 'Show rates, latencies and refusals of methods as they change',
    load: async () => (await import('./watching/top-command.js')).defineTop,
  },
  {
    name: 'acl',
    summary: 'Write the permissions of a broker from a roles file',
    load: async () => (await import('./acl/acl-command.js')).defineAcl,
  },
  {
    name: 'doctor',
    summary: 'Check a project, a broker and a fleet, with remedies',
    load: async () => (await import('./doctor/doctor-command.js')).defineDoctor,
  },
  {
    name: 'bench',
    summary: 'Measure how fast a method is, and how it behaves under load',
    load: async () => (await import('./bench/bench-command.js')).defineBench,
  },
  { name: 'contract', summary: 'Record, check and compare contract files', commands: CONTRACT_COMMANDS },
  GENERATE,
  {
    name: 'init',
    summary: 'Prepare an existing project for Concord',
    load: async () => (await import('./init/init-command.js')).defineInit,
  },
  {
    name: 'completion',
    summary: 'Print a script that completes commands in a shell',
    load: async () => (await import('./fleet/completion-command.js')).defineCompletion,
  },
  {
    name: 'complete',
    summary: 'Print what can follow on a line',
    isHidden: true,
    load: async () => (await import('./fleet/completion-command.js')).defineComplete,
  },
];
