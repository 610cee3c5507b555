/** The pending calls of a client: slots that are used again, a nonce for each call, and one timer for all deadlines. */
import { randomBytes } from 'node:crypto';

/** Characters of a nonce: 96 random bits in base64url. */
const NONCE_LENGTH = 16;
const NONCES_AT_ONCE = 256;
/** Milliseconds between two looks at the deadlines. */
const TICK = 100;

export class Slots {
  #inbox;
  #ticks;
  #slots = [];
  #free = [];
  #pending = 0;
  #tick = 0;
  #timer;
  #nonces = '';
  #nextNonce = 0;

  /** `timeout`: milliseconds until a call without a reply fails, to the next tick. */
  constructor(inbox, timeout) {
    this.#inbox = inbox;
    this.#ticks = Math.ceil(timeout / TICK);
  }

  /** Gives a call a slot with a new nonce. */
  open(resolve, reject) {
    const slot = this.#free.pop() ?? this.#add();
    slot.nonce = this.#newNonce();
    slot.resolve = resolve;
    slot.reject = reject;
    slot.lastTick = this.#tick + this.#ticks;
    this.#pending++;
    this.#timer ??= setInterval(() => this.#lookAtDeadlines(), TICK);
    return slot;
  }

  /** Settles the call that a reply `[index, nonce, result, error]` is for. A reply with another nonce is ignored. */
  take(reply) {
    const slot = this.#slots[reply[0]];
    if (slot === undefined || slot.nonce !== reply[1]) return;
    this.#close(slot);
    if (reply.length === 3) slot.resolve(reply[2]);
    else slot.reject(new Error(reply[3]));
  }

  /** Ends the call in a slot with an error, if it has this nonce. */
  fail(index, nonce, text) {
    const slot = this.#slots[index];
    if (slot === undefined || slot.nonce === '' || slot.nonce !== nonce) return;
    this.#close(slot);
    slot.reject(new Error(text));
  }

  /** Returns the nonce of the call in a slot. */
  nonceOf(index) {
    return this.#slots[index]?.nonce ?? '';
  }

  #add() {
    const index = this.#slots.length;
    const slot = {
      index,
      nonce: '',
      resolve: undefined,
      reject: undefined,
      lastTick: 0,
      publishOptions: { reply: `${this.#inbox}.${index}` },
    };
    this.#slots.push(slot);
    return slot;
  }

  #close(slot) {
    slot.nonce = '';
    this.#pending--;
    this.#free.push(slot);
  }

  #newNonce() {
    if (this.#nextNonce === this.#nonces.length) {
      this.#nonces = randomBytes((NONCES_AT_ONCE * NONCE_LENGTH * 3) / 4).toString('base64url');
      this.#nextNonce = 0;
    }
    this.#nextNonce += NONCE_LENGTH;
    return this.#nonces.slice(this.#nextNonce - NONCE_LENGTH, this.#nextNonce);
  }

  /** The timer ends itself when no call is pending. */
  #lookAtDeadlines() {
    this.#tick++;
    for (const { index, nonce, lastTick } of this.#slots) {
      if (nonce !== '' && lastTick < this.#tick) this.fail(index, nonce, 'no reply before the deadline');
    }
    if (this.#pending > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
