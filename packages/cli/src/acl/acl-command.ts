/** `concord acl` and `concord generate permissions`: write the permissions of a broker's users from contracts and a roles file. */
import { subjects } from '@concord-rpc/core/wire';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../console/exit-codes';
import type { Io } from '../console/io';
import type { Runner } from '../console/runner';
import { shownName } from '../console/safe-text';
import { writeFile } from '../console/write-file';
import { addLiveOptions } from '../inputs/live-options';
import { type LiveOptions, withFleet } from '../live/with-fleet';
import { plainJson } from '../plain/plain-json';
import { readSource } from '../project/contract-source';
import { openProject, requireCommitted } from '../project/project';
import { aclUsers } from './acl-users';
import { type FurtherNamespaces, type KnownInterface, knownInterfaces } from './known-interfaces';
import { liveInterfaces } from './live-interfaces';
import { natsConfiguration, type UserPermissions } from './nats-configuration';
import { resolveRoles } from './resolved-roles';
import type { Permission } from './role-permissions';
import { readRolesFile } from './roles-file';

interface AclOptions extends LiveOptions {
  readonly output?: string;
}

/** The source of the contracts if none is named. */
type DefaultSource = 'the live fleet' | 'the committed file';

/** Adds options and action to the command `acl`. */
export function defineAcl(command: Command, run: Runner): void {
  addAcl(command, 'the live fleet').action(
    run((io, roles: string, contracts: string[], options: AclOptions) =>
      runAcl(io, { roles, contracts, from: 'the live fleet' }, options),
    ),
  );
}

/** Adds `permissions` to the command `generate`. */
export function definePermissions(generate: Command, run: Runner): void {
  const from = 'the committed file';
  addAcl(generate.command('permissions'), from).action(
    run((io, roles: string, contracts: string[], options: AclOptions) => runAcl(io, { roles, contracts, from }, options)),
  );
}

function addAcl(command: Command, from: DefaultSource): Command {
  const name = from === 'the live fleet' ? 'acl' : 'generate permissions';
  return addLiveOptions(command, [
    `${name} roles.yaml --output permissions.conf`,
    `${name} roles.yaml contracts/concord.contract.json --json`,
  ])
    .summary('Write the permissions of a broker from a roles file')
    .description(
      'Write the permissions of each user of nats-server: what its role serves, calls and asks, and nothing else. docs/guides/permissions.md describes roles files.',
    )
    .argument('<roles>', 'the roles file, YAML or JSON')
    .argument('[contract...]', `contracts: files, git:REV or release:KEY:VERSION (default: ${from})`)
    .option('--output <FILE>', 'write to a file (default: standard output)');
}

interface AclQuestion {
  readonly roles: string;
  readonly contracts: readonly string[];
  readonly from: DefaultSource;
}

async function runAcl(io: Io, question: AclQuestion, options: AclOptions): Promise<ExitCode> {
  const project = openProject(io, options);
  const shown = shownName(question.roles);
  const file = readRolesFile(project.given(question.roles), shown);
  const { known, name } = await interfacesOf(io, question, options, file.namespaces);
  const users = aclUsers(resolveRoles(file, known, shown), options.root ?? (io.env.CONCORD_ROOT || subjects.DEFAULT_ROOT));
  const text =
    options.json === true
      ? `${plainJson({ users: users.map(documentOf) }, 2)}\n`
      : natsConfiguration(users, `${shown} and ${name}`);
  if (options.output === undefined) io.out(text, 'data');
  else writeFile(project.given(options.output), text, options.output);
  return EXIT.ok;
}

interface FoundInterfaces {
  readonly known: readonly KnownInterface[];
  /** Their source. */
  readonly name: string;
}

async function interfacesOf(
  io: Io,
  { contracts, from }: AclQuestion,
  options: AclOptions,
  further: FurtherNamespaces,
): Promise<FoundInterfaces> {
  const isLive = contracts.length === 0 && (from === 'the live fleet' || options.live !== undefined);
  if (isLive) {
    return withFleet(io, options, async (fleet) => ({
      known: await liveInterfaces(fleet, further),
      name: `the fleet at ${fleet.broker}`,
    }));
  }
  const project = openProject(io, options);
  const read =
    contracts.length === 0
      ? [requireCommitted(project)]
      : await Promise.all(contracts.map((each) => readSource(each, { project })));
  return {
    known: knownInterfaces(
      read.map(({ snapshot }) => snapshot),
      further,
    ),
    name: read.map((each) => each.name).join(', '),
  };
}

function documentOf({ user, role, permissions: { publish, subscribe }, notes }: UserPermissions): object {
  const { name, login, inbox, server } = user;
  return {
    user: name,
    role,
    ...login,
    inbox,
    server,
    publish: publish.map(subjectText),
    subscribe: subscribe.map(subjectText),
    notes,
  };
}

function subjectText({ subject, queue }: Permission): string {
  return queue === undefined ? subject : `${subject} ${queue}`;
}
