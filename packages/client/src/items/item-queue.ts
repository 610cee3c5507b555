/** A queue that is read as an async iterator: items are pushed as they arrive and read one after the other. */

/** An iterator whose items are pushed. */
export class ItemQueue<T> implements AsyncIterableIterator<T> {
  private items: T[] = [];
  private nextIndex = 0;
  private readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  private error: unknown;
  private failed = false;
  private ended = false;

  /** `onTaken`: called for each item that is read. */
  constructor(private readonly onTaken?: () => void) {}

  /** An iterator whose first `next()` rejects with an error. */
  static failed<T>(error: unknown): ItemQueue<T> {
    const queue = new ItemQueue<T>();
    queue.fail(error);
    return queue;
  }

  /** True if every item that has arrived is read. */
  get isEmpty(): boolean {
    return this.nextIndex === this.items.length;
  }

  /** Adds an item. */
  push(item: T): void {
    if (this.ended) return;
    const reader = this.readers.shift();
    if (reader === undefined) this.items.push(item);
    else {
      reader.resolve({ value: item, done: false });
      this.onTaken?.();
    }
  }

  /** Ends the iterator after the items that it holds. */
  end(): void {
    this.ended = true;
    for (const reader of this.readers.splice(0)) reader.resolve(DONE);
  }

  /** Ends the iterator after the items that it holds; then one reader is given the error. */
  fail(error: unknown): void {
    if (this.ended) return;
    this.ended = true;
    const [first, ...others] = this.readers.splice(0);
    if (first === undefined) {
      this.error = error;
      this.failed = true;
    } else first.reject(error);
    for (const other of others) other.resolve(DONE);
  }

  next(): Promise<IteratorResult<T>> {
    if (this.nextIndex < this.items.length) return Promise.resolve({ value: this.take(), done: false });
    if (this.failed) {
      this.failed = false;
      return Promise.reject(this.error);
    }
    if (this.ended) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T>> {
    this.items = [];
    this.nextIndex = 0;
    this.failed = false;
    this.end();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private take(): T {
    const item = this.items[this.nextIndex++]!;
    if (this.nextIndex === this.items.length) {
      this.items = [];
      this.nextIndex = 0;
    }
    this.onTaken?.();
    return item;
  }
}

const DONE: IteratorResult<never> = { value: undefined, done: true };
