/** Random texts that replies have to echo. */
import { randomBytes } from 'node:crypto';

const LENGTH = 16;
const POOL = 512;

/** A source of unguessable texts: 96 random bits each, 16 characters of base64url. Takes randomness from the system in large pieces. */
export function nonceSource(): () => string {
  let pool = '';
  let next = 0;
  return () => {
    if (next === pool.length) {
      pool = randomBytes((POOL * LENGTH * 3) / 4).toString('base64url');
      next = 0;
    }
    next += LENGTH;
    return pool.slice(next - LENGTH, next);
  };
}
