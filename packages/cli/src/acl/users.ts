/** The users of roles: how each logs in, and the names of its inbox and its servers, which no other user may have. */
import { isServerName, isToken } from '@concord-rpc/core/engine';
import type { RoleEntry, UserEntry } from './roles-file';

/** A user of the broker. */
export interface AclUser {
  readonly name: string;
  /** As nats-server's configuration writes it. Never a password in plain text. */
  readonly login: { readonly password: string } | { readonly nkey: string };
  readonly inbox: string;
  /** The name of its servers. */
  readonly server: string;
}

type Problems = (readonly [wrong: string, remedy: string])[];

const VARIABLE = /^\$[A-Za-z_][A-Za-z0-9_]*$/;
const BCRYPT = /^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/;
const NKEY = /^U[A-Z2-7]{55}$/;

/** Reads the users of each role; a role without users has one of its own name. Adds what is wrong to `problems`. */
export function usersIn(roles: Readonly<Record<string, RoleEntry>>, problems: Problems): ReadonlyMap<string, readonly AclUser[]> {
  const owners = { user: new Map<string, string>(), inbox: new Map<string, string>(), server: new Map<string, string>() };
  const own = (kind: keyof typeof owners, value: string, role: string, name: string) => {
    const owner = owners[kind].get(value);
    if (owner === undefined) owners[kind].set(value, name);
    else if (kind === 'user')
      problems.push([`role ${role}: user ${name} is in the file twice`, 'give it all of its permissions in one role']);
    else
      problems.push([
        `role ${role}: the ${kind} ${value} of ${name} is also that of ${owner}`,
        `give one of them another ${kind}`,
      ]);
  };
  return new Map(
    Object.entries(roles).map(([role, { users = [role], serve = [] }]) => {
      const read = users.map((entry) => readUser(typeof entry === 'string' ? { user: entry } : entry, role, problems));
      for (const { name, inbox, server } of read) {
        own('user', name, role, name);
        own('inbox', inbox, role, name);
        if (serve.length > 0) own('server', server, role, name);
      }
      return [role, read];
    }),
  );
}

function readUser({ user, password, nkey, server, inbox }: UserEntry, role: string, problems: Problems): AclUser {
  const name = user ?? role;
  const token = inbox ?? name;
  const about = (wrong: string, remedy: string) => problems.push([`role ${role}: user ${name}: ${wrong}`, remedy]);
  if (!isToken(token)) about('its name cannot be an inbox', 'add inbox: a name of letters, digits, "_" and "-"');
  if (!isServerName(server ?? name))
    about(`${server ?? name} cannot be the name of a server`, 'use single dots between letters, digits, "_" and "-"');
  if (nkey !== undefined && !NKEY.test(nkey))
    about('its nkey is not the public key of a user', 'write the key that begins with U: nk -gen user -pubout');
  if (nkey !== undefined && password !== undefined) about('it has an nkey and a password', 'leave one of them out');
  if (password !== undefined && !VARIABLE.test(password) && !BCRYPT.test(password)) {
    about('its password is neither a variable nor a bcrypt hash', `write ${variableOf(name)}, or what nats server passwd prints`);
  }
  const login = nkey === undefined ? { password: password ?? variableOf(name) } : { nkey };
  return { name, login, inbox: token, server: server ?? name };
}

/** `$WEB_1_PASSWORD` of the user `web-1`. */
function variableOf(name: string): string {
  const word = name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
  return `$${/^\d/.test(word) ? '_' : ''}${word}_PASSWORD`;
}
