/** Users and their permissions as configuration of nats-server. */
import type { Permission, Permissions } from './role-permissions';
import type { AclUser } from './users';

/** A user with everything that its role allows. */
export interface UserPermissions {
  readonly user: AclUser;
  readonly role: string;
  readonly permissions: Permissions;
  /** Features that its programs lack, and how to allow them. */
  readonly notes: readonly string[];
}

/** An empty list would allow everything. */
const NOTHING = '{ deny: ">" }';

/** Writes the users as a part of a configuration file. `from` says what the text was made of. */
export function natsConfiguration(users: readonly UserPermissions[], from: string): string {
  return [
    `# Written by concord acl from ${from}. Change these, and write this file again.`,
    '# Include it in the configuration of nats-server. A password $NAME is read from the environment of nats-server.',
    'authorization {',
    '  users: [',
    ...users.map(userText),
    '  ]',
    '}',
    '',
  ].join('\n');
}

function userText({ user, role, permissions: { publish, subscribe }, notes }: UserPermissions): string {
  return [
    `    # ${user.name === role ? user.name : `${user.name}, of the role ${role}`}: its transport has the option inbox: '${user.inbox}'`,
    ...notes.map((note) => `    # ${note}`),
    '    {',
    `      ${loginText(user)}`,
    '      permissions: {',
    `        publish: ${listText(publish)}`,
    `        subscribe: ${listText(subscribe)}`,
    '      }',
    '    }',
  ].join('\n');
}

function loginText({ name, login }: AclUser): string {
  if ('nkey' in login) return `nkey: ${login.nkey}`;
  const { password } = login;
  return `user: "${name}", password: ${password.startsWith('$2') ? `"${password}"` : password}`;
}

function listText(permissions: readonly Permission[]): string {
  if (permissions.length === 0) return NOTHING;
  const items = permissions.map(
    ({ subject, queue, why }) => `          "${subject}${queue === undefined ? '' : ` ${queue}`}" # ${why}`,
  );
  return `[\n${items.join('\n')}\n        ]`;
}
