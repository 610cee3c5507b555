/** Decides which requests may reach the inspector: those with the token, from its own page, to its own address. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const COOKIE = 'concord_inspector';

/** The decision about a request: it enters with the token, it may have a path, or it is refused. */
export type EntryDecision =
  | { readonly kind: 'enters' }
  | { readonly kind: 'admitted'; readonly url: URL }
  | { readonly kind: 'refused'; readonly status: number; readonly why: string };

const NO_TOKEN = 'open the address that concord inspect printed: it has the token';

/** The token, and the cookie that replaces it after the first request, so that no later address has a secret. */
export class EntryGate {
  private readonly token = secret();
  private readonly session = secret();
  /** The folder of the page. Browsers send the cookie below it only, so that no other server of this machine receives it. */
  readonly base = `/${randomBytes(12).toString('base64url')}/`;
  private readonly hosts: ReadonlySet<string>;

  constructor(private readonly port: number) {
    this.hosts = new Set(['127.0.0.1', 'localhost', '[::1]'].map((host) => `${host}:${port}`));
  }

  /** The address with the token. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/?token=${this.token}`;
  }

  /** The header that gives the browser its cookie. */
  get cookie(): string {
    return `${COOKIE}=${this.session}; Path=${this.base}; HttpOnly; SameSite=Strict`;
  }

  /** Decides about a request by its headers alone. */
  admit({ method, url: target = '/', headers }: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): EntryDecision {
    const { host = '', origin } = headers;
    // a name that an attacker resolves to this machine arrives as another host
    if (!this.hosts.has(host)) return refused(403, 'the Host header names another server');
    if (origin !== undefined && origin !== `http://${host}`) return refused(403, 'the request comes from another page');
    const url = URL.canParse(target, `http://${host}`) ? new URL(target, `http://${host}`) : undefined;
    if (url === undefined) return refused(400, 'the path cannot be read');
    const token = url.searchParams.get('token');
    if (url.pathname === '/' && token !== null) {
      return method === 'GET' && isSame(token, this.token) ? { kind: 'enters' } : refused(401, NO_TOKEN);
    }
    if (!isSame(cookieIn(headers.cookie), this.session)) return refused(401, NO_TOKEN);
    const site = headers['sec-fetch-site'];
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return refused(403, 'the request comes from another site');
    if (!url.pathname.startsWith(this.base)) return refused(404, 'there is no such page');
    return { kind: 'admitted', url };
  }
}

function refused(status: number, why: string): EntryDecision {
  return { kind: 'refused', status, why };
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}

function cookieIn(header = ''): string {
  const own = header.split('; ').find((each) => each.startsWith(`${COOKIE}=`));
  return own?.slice(COOKIE.length + 1) ?? '';
}

/** Compares two texts in a time that does not depend on where they differ. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(a!, b!);
}
