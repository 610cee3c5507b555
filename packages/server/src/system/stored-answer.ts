/** An answer of a server about itself, encoded once for each wire format. */
import type { Codec, Encoded } from '@concord-rpc/core/wire';

/** A value and its encoded forms. */
export class StoredAnswer {
  private readonly forms = new Map<string, Encoded>();

  constructor(private readonly value: unknown) {}

  /** Returns the encoded value. */
  encoded(codec: Codec): Encoded {
    let form = this.forms.get(codec.name);
    if (form === undefined) this.forms.set(codec.name, (form = codec.encodeItem(this.value)));
    return form;
  }
}
