/** The subjects of replies: one for each pending call of a connection, and one for each topic, to which a server sends several replies at once. */
import { everythingUnder, inOnePiece, LONGEST_SUBJECT } from './subjects';

/** Tokens of a reply subject of our clients. */
const REPLY_TOKENS = 5;
/** Begins the last token of a reply subject, if the reply may be joined with others. */
const JOINED = 'j';
const JOINED_CODE = JOINED.charCodeAt(0);
/** Most digits of a slot. */
const LONGEST_SLOT = 9;

/** `rpcr.<inbox>.<connection>`: the prefix of the replies to one connection. */
export function prefixOf(root: string, inbox: string, connection: string): string {
  return `${root}r.${inbox}.${connection}`;
}

/** `rpcr.<inbox>.>`: the replies to a user, as permissions name them; `rpcr.>`, the replies to all users, if the user has no token. */
export function everythingTo(root: string, inbox: string | undefined): string {
  return everythingUnder(inbox === undefined ? `${root}r` : `${root}r.${inbox}`);
}

/** `rpcr.<inbox>.<connection>.*.*`: the one subscription of a connection that receives its replies. */
export function anyOf(prefix: string): string {
  return `${prefix}.*.*`;
}

/**
 * `rpcr.<inbox>.<connection>.<secret>.<slot>`: the reply subject of one call to the topic with this secret. Subjects are used again, so that the
 * broker can cache them; nonces are not.
 */
export function subjectOf(prefix: string, secret: string, slot: number): string {
  return inOnePiece(`${prefix}.${secret}.${slot}`);
}

/** `rpcr.<inbox>.<connection>.<secret>.j`: the subject of messages with replies to several calls to one topic. */
export function joinedSubject(prefix: string, secret: string): string {
  return inOnePiece(`${prefix}.${secret}.${JOINED}`);
}

/** Returns the two reply subjects of a slot. A server may send a reply to the second, `<joinedSubject><slot>`, in a message to `joinedSubject`. */
export function subjectsOf(
  prefix: string,
  { secret, joined }: { readonly secret: string; readonly joined: string },
  slot: number,
) {
  return { reply: inOnePiece(`${prefix}.${secret}.${slot}`), joinable: inOnePiece(`${joined}${slot}`) };
}

/** Returns the slot that a reply subject names, whose digits begin at `start`; -1 if it names none. */
export function slotOf(subject: string, start?: number): number {
  let at = start ?? subject.lastIndexOf('.') + 1;
  if (start === undefined && subject.charCodeAt(at) === JOINED_CODE) at++;
  if (at === subject.length || subject.length - at > LONGEST_SLOT) return -1;
  let slot = 0;
  for (let index = at; index < subject.length; index++) {
    const digit = subject.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return -1;
    slot = slot * 10 + digit;
  }
  return slot;
}

/** Returns the tokens that all replies to one client have in common: `rpcr.<inbox>.<connection>`, or two tokens of another reply subject. */
export function clientIn(reply: string): string {
  const tokens = reply.split('.');
  return tokens.slice(0, tokens.length === REPLY_TOKENS ? 3 : 2).join('.');
}

/** A reply subject whose reply may share a message with others. */
export interface JoinableReply {
  /** The subject of that message: the same string for all replies to one topic that follow each other. */
  readonly joined: string;
  readonly slot: number;
}

/** The way to answer on a reply subject: not at all, with one reply in a message, or with several. */
export type ReplyForm = 'forbidden' | 'alone' | JoinableReply;

/**
 * Compiles the test of reply subjects. It accepts those of our clients, and for people with a NATS tool NATS's own inboxes (`_INBOX.…`, and
 * `_R_.…` across accounts). On other subjects the server would publish, with its permissions, where its caller must not.
 */
export function compileCheck(root: string): (subject: string) => ReplyForm {
  const token = '\\.[A-Za-z0-9_-]+';
  const form = new RegExp(`^(?:${root}r(?:${token}){${REPLY_TOKENS - 1}}|(?:_INBOX|_R_)(?:${token})+)$`);
  let latest: string | undefined;
  return (subject) => {
    if (subject.length > LONGEST_SUBJECT) return 'forbidden';
    const end = subject.lastIndexOf('.') + 2;
    // replies to one topic often follow each other: what they have in common is tested once
    if (latest !== undefined && subject.slice(0, end) === latest) {
      const slot = slotOf(subject, end);
      if (slot >= 0) return { joined: latest, slot };
    }
    if (!form.test(subject)) return 'forbidden';
    const slot = subject.charCodeAt(end - 1) === JOINED_CODE && subject.startsWith(root) ? slotOf(subject, end) : -1;
    if (slot < 0) return 'alone';
    latest = inOnePiece(subject.slice(0, end));
    return { joined: latest, slot };
  };
}
