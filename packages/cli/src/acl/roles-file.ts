/** Roles files: the users of a broker, and what each of them serves, calls and asks. YAML, or JSON, which is YAML too. */
import { existsSync, readFileSync } from 'node:fs';
import { parseDocument as parseChecked, UnreadableFile } from '@concord-rpc/evolution';
import { isAlias, parseDocument as parseYaml, visit } from 'yaml';
import { CommandFailure } from '../console/command-failure';
import { type CallDirection, DIRECTIONS } from './directions';
import { ROLES_FORM } from './roles-form';

/** A user as the file writes it; a text is its name. */
export interface UserEntry {
  readonly user?: string;
  /** `$VARIABLE`, or a bcrypt hash. */
  readonly password?: string;
  /** A public nkey. */
  readonly nkey?: string;
  /** The name of its servers. Default: its own name. */
  readonly server?: string;
  /** The token of its reply subjects. Default: its own name. */
  readonly inbox?: string;
}

/** The methods that a role reaches on one server each. */
type ByServer = Readonly<Record<string, readonly string[]>>;

/** A role as the file writes it; a list is its `call`. */
export interface RoleEntry extends Partial<Readonly<Record<Exclude<CallDirection, 'to'>, readonly string[]>>> {
  readonly to?: readonly string[] | ByServer;
  readonly users?: readonly (string | UserEntry)[];
  /** The interfaces that its servers serve. */
  readonly serve?: readonly string[];
  /** True if it runs the commands that ask, on every topic. */
  readonly operate?: boolean;
  /** True if it watches calls, on every topic. */
  readonly observe?: boolean;
}

/** The content of a roles file. */
export interface RolesFile {
  readonly roles: Readonly<Record<string, RoleEntry>>;
  /** Namespaces of interfaces that their contract files do not state: the legacy ones. `null` is the null namespace. */
  readonly namespaces: Readonly<Record<string, readonly (string | null)[]>>;
}

/** One entry of a role that names a method. */
export interface UseEntry {
  readonly direction: CallDirection;
  readonly text: string;
  /** The one server, if the entry names it. */
  readonly server?: string;
}

const MOST_PROBLEMS = 10;

/**
 * Reads a roles file.
 *
 * @throws CommandFailure if the file is missing or unreadable, or does not have the form of a roles file.
 */
export function readRolesFile(path: string, shown: string): RolesFile {
  if (!existsSync(path))
    throw new CommandFailure(`roles file ${shown} does not exist`, 'name a YAML or JSON file with the key roles');
  const value = valueIn(readFileSync(path, 'utf8'), shown);
  try {
    const { roles, namespaces = {} } = parseChecked<WrittenFile>(JSON.stringify(value), shown, ROLES_FORM);
    const entries = Object.entries(roles).map(([name, role]) => [name, Array.isArray(role) ? { call: role } : role]);
    return { roles: Object.fromEntries(entries), namespaces };
  } catch (thrown) {
    if (!(thrown instanceof UnreadableFile)) throw thrown;
    // lines and columns would be those of the JSON that the YAML became
    const problems = thrown.problems.map(({ message }) => message);
    throw new CommandFailure(`${shown} is not a roles file`, problems.join('\n'));
  }
}

/** The entries of a role that name methods. */
export function usesIn({ to = [], ...role }: RoleEntry): readonly UseEntry[] {
  const named = isList(to) ? [] : Object.entries(to);
  return (Object.keys(DIRECTIONS) as CallDirection[]).flatMap((direction): UseEntry[] => {
    const texts = direction === 'to' ? (isList(to) ? to : []) : (role[direction] ?? []);
    const each = texts.map((text) => ({ direction, text }));
    if (direction !== 'to') return each;
    return [...each, ...named.flatMap(([server, methods]) => methods.map((text) => ({ direction, text, server })))];
  });
}

interface WrittenFile extends Partial<Omit<RolesFile, 'roles'>> {
  readonly roles: Readonly<Record<string, RoleEntry | readonly string[]>>;
}

function isList(to: readonly string[] | ByServer): to is readonly string[] {
  return Array.isArray(to);
}

function valueIn(text: string, shown: string): unknown {
  const document = parseYaml(text);
  const problems = document.errors.slice(0, MOST_PROBLEMS).map(({ message }) => message.split('\n')[0]!);
  visit(document, (_, node) => {
    if (!isAlias(node)) return;
    problems.push('aliases (*name) are not read: write the list again');
    return visit.BREAK;
  });
  if (problems.length > 0) throw new CommandFailure(`${shown} cannot be read`, problems.join('\n'));
  return document.toJS() ?? {};
}
