/** The sizes of the items of a stream that are sent and not yet read. */

/** Counts their bytes. */
export class UnreadItems {
  /** Their bytes together. */
  bytes = 0;
  private sizes: number[] = [];
  private first = 0;

  /** Their number. */
  get count(): number {
    return this.sizes.length - this.first;
  }

  /** Adds an item that is sent. */
  add(size: number): void {
    this.sizes.push(size);
    this.bytes += size;
  }

  /** Removes so many items, oldest first, because they have been read. */
  read(items: number): void {
    const end = Math.min(this.sizes.length, this.first + items);
    for (; this.first < end; this.first++) this.bytes -= this.sizes[this.first]!;
    if (this.first * 2 < this.sizes.length) return;
    this.sizes = this.sizes.slice(this.first);
    this.first = 0;
  }
}
