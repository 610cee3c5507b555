/** Tells who listens that a call is sent without parts of it, or under an older name, and why. */
import { channel } from 'node:diagnostics_channel';
import { formatVersion } from '@concord-rpc/core';
import type { View } from '../connection/outgoing';
import type { SentForm } from './sent-form';

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
  /** The name that the method had, if it is sent under that. */
  readonly sentAs?: string;
  /** What is left out, and the version that each part needs. */
  readonly leftOut: readonly { readonly path: string; readonly needs: string }[];
  /** What made it so: nobody serves more, or the client's cap. */
  readonly because: 'served' | 'cap';
}

/** Name of the channel of `node:diagnostics_channel` on which every call in an older form is told, as an `OlderFormSent`. */
export const OLDER_FORM_CHANNEL = 'concord.older-form';

const told = channel(OLDER_FORM_CHANNEL);

/** Tells of one call. Costs nothing while nobody listens. */
export function tellOfOlderForm(
  { destination }: Pick<View, 'destination'>,
  written: SentForm,
  sent: SentForm,
  because: OlderFormSent['because'],
): void {
  if (!told.hasSubscribers) return;
  const { contract, label } = written.method;
  const versionOf = (minor: number) => formatVersion({ major: contract.version.major, minor });
  const message: OlderFormSent = {
    method: label,
    destination: destination.toString(),
    needs: versionOf(written.minor),
    sent: versionOf(sent.minor),
    ...(sent.method !== written.method && { sentAs: sent.method.definition.name }),
    leftOut: (sent.method.olderForms?.leftOut(written.args, sent) ?? []).map(({ path, minor }) => ({
      path,
      needs: versionOf(minor),
    })),
    because,
  };
  told.publish(message);
}
