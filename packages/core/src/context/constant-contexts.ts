/** Remembers the encoded form of contexts that cannot change, because a client sends the context of its options with every call. */
import type { ContextValues } from './context-values';

/** Most contexts that are remembered: a process has a few clients, and each of them one context. */
const MOST = 16;

/** The last contexts that a codec encoded and that cannot change. */
export class ConstantContexts<Encoded> {
  private readonly contexts: ContextValues[] = [];
  private readonly encoded: Encoded[] = [];
  private next = 0;

  constructor(private readonly encode: (context: ContextValues) => Encoded) {}

  /** Returns the encoded form of a context; `undefined` if the context can change, so that it must be encoded for each call. */
  of(context: ContextValues): Encoded | undefined {
    const index = this.contexts.indexOf(context);
    if (index >= 0) return this.encoded[index];
    if (!isConstant(context)) return undefined;
    const encoded = this.encode(context);
    this.contexts[this.next] = context;
    this.encoded[this.next] = encoded;
    this.next = (this.next + 1) % MOST;
    return encoded;
  }
}

/** Returns whether a context is frozen and holds single values only. */
function isConstant(context: ContextValues): boolean {
  if (!Object.isFrozen(context)) return false;
  for (const key in context) if (typeof context[key] === 'object' && context[key] !== null) return false;
  return true;
}
