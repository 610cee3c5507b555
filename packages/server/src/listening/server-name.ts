/** The default name of a server. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** Returns a name that no other server has: host name, process id and a random part. */
export function defaultName(): string {
  const host =
    hostname()
      .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
      .slice(0, 64) || 'host';
  return `${host}-${process.pid}-${randomBytes(3).toString('hex')}`;
}
