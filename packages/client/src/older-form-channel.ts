/** Tells who listens that a call is sent without parts of it, and why. */
import { channel } from 'node:diagnostics_channel';
import { type CallForm, formatVersion } from '@concord-rpc/core';
import type { ClientMethod } from './client-method';
import type { View } from './sending';

/** A call that is sent in an older form than its caller wrote it. */
export interface OlderFormSent {
  /** `DhcpPluginApi.getPorts`. */
  readonly method: string;
  /** Where it goes: `neutron/q-plugin dhcp`. */
  readonly destination: string;
  /** The version that the call needs as it was written. */
  readonly needs: string;
  /** The version that it needs as it is sent. */
  readonly sent: string;
  /** What is left out, and the version that each part needs. */
  readonly leftOut: readonly { readonly path: string; readonly needs: string }[];
  /** What made it so: nobody serves more, or the client's cap. */
  readonly because: 'served' | 'cap';
}

/** Name of the channel of `node:diagnostics_channel` on which every call in an older form is told, as an `OlderFormSent`. */
export const OLDER_FORM_CHANNEL = 'concord.older-form';

const olderForms = channel(OLDER_FORM_CHANNEL);

/** Tells of one call. Costs nothing while nobody listens. */
export function tellOfOlderForm(
  { destination }: Pick<View, 'destination'>,
  { contract, label, olderForms: forms }: ClientMethod,
  written: CallForm,
  sent: CallForm,
  because: OlderFormSent['because'],
): void {
  if (!olderForms.hasSubscribers) return;
  const versionOf = (minor: number) => formatVersion({ major: contract.version.major, minor });
  const message: OlderFormSent = {
    method: label,
    destination: destination.toString(),
    needs: versionOf(written.minor),
    sent: versionOf(sent.minor),
    leftOut: forms!.leftOut(written.args, sent).map(({ path, minor }) => ({ path, needs: versionOf(minor) })),
    because,
  };
  olderForms.publish(message);
}
