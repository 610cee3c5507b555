/** What to do about a call that the broker found nobody for: send it again, send less or under an older name, or say why not. */
import { parseVersion, type RpcError } from '@concord-rpc/core';
import { tellOfOlderForm } from './older-form-channel';
import type { Sending } from './sending';
import { formFor } from './sent-form';
import { explainNoResponders } from './who-is-there';

/** The call to send next: the same if somebody serves it after all, an older form of it, or why there is none. `data` is what was sent. */
export async function wayOut(sending: Sending, data: Uint8Array): Promise<Sending | RpcError> {
  const error = await explainNoResponders(sending);
  return error === undefined ? sending : (olderSending(sending, data, error) ?? error);
}

function olderSending(sending: Sending, data: Uint8Array, { code, data: facts }: RpcError): Sending | undefined {
  const { method, minor } = sending;
  if (method.oldestForm === undefined || code !== 'unsupported_version') return undefined;
  const { served } = facts as { readonly served: readonly { readonly version: string }[] };
  const versions = served.map(({ version }) => parseVersion(version));
  const minors = versions.filter(({ major }) => major === method.contract.version.major).map((version) => version.minor);
  const args = argsIn(sending, data);
  const form = formFor(method, args, Math.max(-1, ...minors.filter((each) => each < minor)));
  if (form === undefined) return undefined;
  tellOfOlderForm(sending, { method, minor, args }, form, 'served');
  return { ...sending, ...form };
}

/** The arguments as they were sent: what the caller has changed in its objects since is not part of this call. */
function argsIn({ method }: Sending, data: Uint8Array): unknown[] {
  const { args } = method.codec.decodeRequest(data);
  return method.definition.args.map((_, index) => (args as Readonly<Record<number, unknown>>)[index]);
}
