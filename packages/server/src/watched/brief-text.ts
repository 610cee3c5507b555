/** Values as JSON text of a bounded length: what is not shown is not read. */

/** Writes a value that was read from the wire as JSON text of at most so many characters; a text that was cut ends with `…`. */
export function briefText(value: unknown, most: number): string {
  const writer = new BriefWriter(most);
  writer.value(value);
  const { text } = writer;
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

/** Writes until the text is longer than it may be. */
class BriefWriter {
  text = '';

  constructor(private readonly most: number) {}

  value(value: unknown): void {
    if (typeof value === 'string') this.text += JSON.stringify(value.slice(0, this.most));
    else if (value instanceof Uint8Array) this.text += `"${value.length} bytes"`;
    else if (value instanceof Date) this.text += JSON.stringify(value);
    else if (Array.isArray(value)) this.list(value);
    else if (typeof value === 'object' && value !== null) this.members(value as Readonly<Record<string, unknown>>);
    else this.text += String(value);
  }

  private list(items: readonly unknown[]): void {
    this.text += '[';
    for (let index = 0; index < items.length && !this.isFull; index++) {
      if (index > 0) this.text += ',';
      this.value(items[index] ?? null);
    }
    this.text += ']';
  }

  private members(members: Readonly<Record<string, unknown>>): void {
    let separator = '{';
    for (const name in members) {
      if (this.isFull) return;
      if (!Object.hasOwn(members, name) || members[name] === undefined) continue;
      this.text += `${separator}${JSON.stringify(name.slice(0, this.most))}:`;
      this.value(members[name]);
      separator = ',';
    }
    this.text += separator === '{' ? '{}' : '}';
  }

  private get isFull(): boolean {
    return this.text.length > this.most;
  }
}
