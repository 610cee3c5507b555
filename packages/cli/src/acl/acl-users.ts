/** All users of a roles file with their permissions, and notes about what their programs lack. */
import { DIRECTIONS } from './directions';
import type { UserPermissions } from './nats-configuration';
import type { Grant, ResolvedRole } from './resolved-roles';
import { permissionsOf } from './role-permissions';

/** Returns the users of roles in the order of the file. */
export function aclUsers(roles: readonly ResolvedRole[], root: string): readonly UserPermissions[] {
  const operators = roles.filter(({ operates }) => operates).flatMap(({ users }) => users.map(({ inbox }) => inbox));
  return roles.flatMap((role) =>
    role.users.map((user) => ({
      ...{ user, role: role.name },
      permissions: permissionsOf({ role, user, root, operators }),
      notes: [...serverNote(role, user.server), ...repeatNotes(role)],
    })),
  );
}

function serverNote({ serves }: ResolvedRole, server: string): readonly string[] {
  return serves.length === 0 ? [] : [`serves ${serves.map(({ key }) => key).join(', ')} under the name ${server}`];
}

/** A broker cannot tell a repetition of a call from a call to a server by name: both have the same subject. */
function repeatNotes({ grants }: ResolvedRole): readonly string[] {
  const of = ({ endpoint, name }: Grant) => `${endpoint.key}.${name}`;
  const byName = new Set(grants.filter(({ direction, server }) => direction === 'to' && server === undefined).map(of));
  const calls = grants.filter(({ direction, method }) => DIRECTIONS[direction].delivery === 'any' && method.isRepeated);
  const lacking = [...new Set(calls.map(of))].filter((label) => !byName.has(label));
  return lacking.length === 0 ? [] : [`calls are not repeated to a server by name, which needs to: ${lacking.join(', ')}`];
}
