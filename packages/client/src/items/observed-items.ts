/** Items of another iterator, whose reader is observed. */

/** Passes items on. Calls back for each item that is read, and once for the end: with the error if it was one. */
export class ObservedItems<T> implements AsyncIterableIterator<T> {
  constructor(
    private readonly source: AsyncIterableIterator<T>,
    private readonly onItem: () => void,
    private readonly onEnd: (thrown?: { readonly error: unknown }) => void,
  ) {}

  async next(): Promise<IteratorResult<T>> {
    try {
      const item = await this.source.next();
      if (item.done) this.onEnd();
      else this.onItem();
      return item;
    } catch (error) {
      this.onEnd({ error });
      throw error;
    }
  }

  async return(): Promise<IteratorResult<T>> {
    this.onEnd();
    return (await this.source.return?.()) ?? { value: undefined, done: true };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
