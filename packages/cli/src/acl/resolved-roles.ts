/** Roles whose entries are found among the known interfaces, with a sentence for each entry that is not. */
import { CommandFailure } from '../console/command-failure';
import { didYouMean } from '../console/did-you-mean';
import { counted } from '../console/plural';
import { safeText } from '../console/safe-text';
import { type CallDirection, DIRECTIONS } from './directions';
import { type KnownInterface, type KnownMethod, topicOf } from './known-interfaces';
import { type RoleEntry, type RolesFile, type UseEntry, usesIn } from './roles-file';
import { type AclUser, usersIn } from './users';

/** A method in one direction. */
export interface Grant {
  readonly endpoint: KnownInterface;
  readonly name: string;
  readonly method: KnownMethod;
  readonly direction: CallDirection;
  /** The one server; every server by default. */
  readonly server?: string;
}

/** A role. */
export interface ResolvedRole {
  readonly name: string;
  readonly users: readonly AclUser[];
  readonly serves: readonly KnownInterface[];
  readonly grants: readonly Grant[];
  readonly operates: boolean;
  readonly observes: boolean;
}

/** An entry that names nothing: what is wrong, and what to write instead. */
type EntryProblem = readonly [wrong: string, remedy: string];

/** Everything that a method is known by, and the method or every method. */
const USE = /^(.+)\.([A-Za-z0-9_-]+|\*)$/;

/**
 * Finds what the roles of a file name.
 *
 * @throws CommandFailure that lists every entry that names nothing, with what is known.
 */
export function resolveRoles({ roles }: RolesFile, known: readonly KnownInterface[], shown: string): readonly ResolvedRole[] {
  const problems: EntryProblem[] = [];
  const users = usersIn(roles, problems);
  const resolved = Object.entries(roles).map(([name, role]) => {
    const about = (where: string, [wrong, remedy]: EntryProblem) => problems.push([`role ${name}: ${where}: ${wrong}`, remedy]);
    const serves = (role.serve ?? []).flatMap((text) => {
      const found = servedBy(text, known);
      if (isProblem(found)) about(`serve ${safeText(text)}`, found);
      return isProblem(found) ? [] : found;
    });
    const grants = usesIn(role).flatMap((use) => {
      const found = grantsOf(use, known);
      if (isProblem(found)) about(`${use.direction} ${safeText(use.text)}`, found);
      return isProblem(found) ? [] : found;
    });
    if (isEmpty(role))
      problems.push([`role ${name} allows nothing`, 'add call, cast, to, fanout, each, serve, operate or observe']);
    const { operate = false, observe = false } = role;
    return { name, users: users.get(name) ?? [], serves, grants, operates: operate, observes: observe };
  });
  if (problems.length === 0) return resolved;
  const list = problems.map(([wrong, remedy]) => `${wrong}\n  ${remedy}`).join('\n');
  throw new CommandFailure(`${counted(problems.length, 'entry').replace('entrys', 'entries')} of ${shown} cannot be used`, list);
}

function isProblem(found: readonly unknown[]): found is EntryProblem {
  return typeof found[0] === 'string';
}

function isEmpty(role: RoleEntry): boolean {
  return usesIn(role).length === 0 && (role.serve ?? []).length === 0 && !role.operate && !role.observe;
}

function servedBy(text: string, known: readonly KnownInterface[]): readonly KnownInterface[] | EntryProblem {
  const found = namedBy(text, known);
  return found.length > 0 ? found : unknownInterface(text, known);
}

function grantsOf({ direction, text, server }: UseEntry, known: readonly KnownInterface[]): readonly Grant[] | EntryProblem {
  const [, owner, wanted] = USE.exec(text) ?? [];
  if (owner === undefined || wanted === undefined)
    return ['it names no method', `write ${text}.METHOD, or ${text}.* for all of them`];
  const endpoints = namedBy(owner, known);
  if (endpoints.length === 0) return unknownInterface(owner, known);
  const named = endpoints.flatMap((endpoint) =>
    [...endpoint.methods].flatMap(([name, method]): Grant[] => {
      const isNamed = wanted === '*' || method.names.has(wanted);
      return isNamed ? [{ endpoint, name, method, direction, ...(server !== undefined && { server }) }] : [];
    }),
  );
  const keys = endpoints.map(({ key }) => key).join(', ');
  if (named.length === 0) {
    const names = endpoints.flatMap(({ methods }) => [...methods.keys()]);
    return [`${keys} has no method ${safeText(wanted)}${didYouMean(wanted, names)}`, `its methods: ${listed(names)}`];
  }
  const { is, modes } = DIRECTIONS[direction];
  const fitting = named.filter(({ method }) => modes.includes(method.mode));
  if (fitting.length > 0) return fitting;
  const { mode } = named[0]!.method;
  const others = Object.entries(DIRECTIONS).filter((each) => each[1].modes.includes(mode));
  return [
    `${is} of a method with mode ${mode} are refused by its servers`,
    `write it under ${others.map(([word]) => word).join(', ')}`,
  ];
}

/** The interfaces with a name (`Ports`, `Ports@1`), or else those of a topic (`ports`, `upgrade/ports`). */
function namedBy(text: string, known: readonly KnownInterface[]): readonly KnownInterface[] {
  const byName = known.filter(({ key, name }) => text === key || text === name);
  return byName.length > 0 ? byName : known.filter((each) => text === each.topic || text === topicOf(each));
}

function unknownInterface(text: string, known: readonly KnownInterface[]): EntryProblem {
  const names = known.flatMap(({ name, key, topic }) => [name, key, topic]);
  const all = known.map((each) => `${each.key} (topic ${topicOf(each)})`);
  return [`no interface or topic is called ${safeText(text)}${didYouMean(text, names)}`, `known: ${listed(all)}`];
}

const MOST_LISTED = 20;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_LISTED;
  return `${names.slice(0, MOST_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
