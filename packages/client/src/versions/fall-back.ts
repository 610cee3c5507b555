/** What to do about a call that the broker found nobody for: send it again, send less or under an older name, or say why not. */
import { parseVersion, type RpcError } from '@concord-rpc/core';
import type { Outgoing } from '../connection/outgoing';
import { explainNoResponders } from './explain-no-responders';
import { tellOfOlderForm } from './older-form-channel';
import { formFor } from './sent-form';

/** The call to send next: the same if somebody serves it after all, an older form of it, or why there is none. `data` is what was sent. */
export async function fallBack(outgoing: Outgoing, data: Uint8Array): Promise<Outgoing | RpcError> {
  const error = await explainNoResponders(outgoing);
  return error === undefined ? outgoing : (olderOutgoing(outgoing, data, error) ?? error);
}

function olderOutgoing(outgoing: Outgoing, data: Uint8Array, { code, data: facts }: RpcError): Outgoing | undefined {
  const { method, minor } = outgoing;
  if (method.oldestForm === undefined || code !== 'unsupported_version') return undefined;
  const versions = facts.served.map(({ version }) => parseVersion(version));
  const minors = versions.filter(({ major }) => major === method.contract.version.major).map((version) => version.minor);
  const args = argsIn(outgoing, data);
  const form = formFor(method, args, Math.max(-1, ...minors.filter((each) => each < minor)));
  if (form === undefined) return undefined;
  tellOfOlderForm(outgoing, { method, minor, args }, form, 'served');
  return { ...outgoing, ...form };
}

/** The arguments as they were sent: what the caller has changed in its objects since is not part of this call. */
function argsIn({ method }: Outgoing, data: Uint8Array): unknown[] {
  const { args } = method.codec.decodeRequest(data);
  return method.definition.args.map((_, index) => (args as Readonly<Record<number, unknown>>)[index]);
}
