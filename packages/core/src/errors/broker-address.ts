/** Shows the addresses of brokers without the user names, passwords and tokens that their URLs can hold. */

/** Shown in place of an address that cannot be told apart from a secret. */
const HIDDEN = '(address with credentials)';
/** The schemes that are shown, and that separate the URLs of one text. */
const SCHEME = /^(?:nats|tls|wss?|nats\+tls):\/\//i;
const BETWEEN_URLS = /[\s,;]+(?=(?:nats|tls|wss?|nats\+tls):\/\/)/i;
const HOST = /^(?:[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/;

/**
 * Returns the host and port of each address in a text, with their schemes. Only parts that have the form of a host are shown: a
 * password can contain every character that separates parts of a URL.
 */
export function withoutCredentials(text: unknown): string {
  if (typeof text !== 'string') return HIDDEN;
  return text.trim().split(BETWEEN_URLS).map(hostsOf).join(', ');
}

function hostsOf(url: string): string {
  const [scheme = ''] = SCHEME.exec(url) ?? [];
  const rest = url.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const tail = rest.search(/[?#]/);
  // an "@" after "?" belongs to a token in the query, or "?" belongs to the password: nothing is shown
  if (tail >= 0 && tail < at) return HIDDEN;
  const path = rest.slice(at + 1, tail < 0 ? undefined : tail);
  const hosts = path.split(/[\s,;]+/).map((host) => host.replace(/\/.*$/s, ''));
  const shown = hosts.filter((host) => HOST.test(host));
  return shown.length === hosts.length ? `${scheme}${shown.join(', ')}` : HIDDEN;
}
