/** An answer of a server about itself, encoded once for each wire format. */
import type { Codec, EncodedArgs } from '@concord-rpc/core/wire';

/** A value and its encoded forms. */
export class StoredAnswer {
  private readonly forms = new Map<string, EncodedArgs>();

  constructor(private readonly value: unknown) {}

  /** Returns the encoded value. */
  encoded(codec: Codec): EncodedArgs {
    let form = this.forms.get(codec.name);
    if (form === undefined) this.forms.set(codec.name, (form = codec.encodeItem(this.value)));
    return form;
  }
}
