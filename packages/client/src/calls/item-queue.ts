/** Items that arrive when they do, read one after the other: an async iterator over a queue. */

/** An iterator whose items are pushed. */
export class ItemQueue<T> implements AsyncIterableIterator<T> {
  private items: T[] = [];
  private next_ = 0;
  private readers: { resolve(result: IteratorResult<T>): void; reject(error: unknown): void }[] = [];
  private error: unknown;
  private failed = false;
  protected ended = false;

  /** Adds an item. */
  push(item: T): void {
    if (this.ended) return;
    const reader = this.readers.shift();
    if (reader === undefined) this.items.push(item);
    else {
      reader.resolve({ value: item, done: false });
      this.onTaken();
    }
  }

  /** No more items will come. */
  end(): void {
    this.ended = true;
    for (const reader of this.readers.splice(0)) reader.resolve(DONE);
  }

  /** No more items will come: the reader that comes after the last one is told why, once. */
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
    if (this.next_ < this.items.length) return Promise.resolve({ value: this.take(), done: false });
    if (this.failed) {
      this.failed = false;
      return Promise.reject(this.error);
    }
    if (this.ended) return Promise.resolve(DONE);
    return new Promise((resolve, reject) => this.readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorResult<T>> {
    this.items = [];
    this.next_ = 0;
    this.failed = false;
    this.end();
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Called for each item that was read. */
  protected onTaken(): void {
    // for those who count
  }

  private take(): T {
    const item = this.items[this.next_++]!;
    if (this.next_ === this.items.length) {
      this.items = [];
      this.next_ = 0;
    }
    this.onTaken();
    return item;
  }
}

const DONE: IteratorResult<never> = { value: undefined, done: true };
