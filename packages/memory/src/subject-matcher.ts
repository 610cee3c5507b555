/** Which subscriptions a subject reaches, by NATS's rules: `*` is one token, a last `>` is one or more. */

/** Whether a subscription's pattern matches a subject. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (let index = 0; index < wanted.length; index++) {
    if (wanted[index] === '>') return index < given.length;
    if (index >= given.length || (wanted[index] !== '*' && wanted[index] !== given[index])) return false;
  }
  return wanted.length === given.length;
}
