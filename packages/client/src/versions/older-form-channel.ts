/** Publishes a message on a diagnostics channel for every call that is sent without some of its parts or under a former name. */
import { channel } from 'node:diagnostics_channel';
import { formatVersion } from '@concord-rpc/core/engine';
import type { SentForm } from '../connection/outgoing';
import type { Destination } from '../method/destination';

/** A call that is sent in an older form than the one that its caller wrote. */
export interface OlderFormSent {
  /** `DhcpPluginApi.getPorts`. */
  readonly method: string;
  /** The destination: `neutron/q-plugin dhcp`. */
  readonly destination: string;
  /** The version that the call needs as it was written. */
  readonly needs: string;
  /** The version that it needs as it is sent. */
  readonly sent: string;
  /** The former name of the method, if the call is sent under it. */
  readonly sentAs?: string;
  /** The parts that are left out, and the version that each part needs. */
  readonly leftOut: readonly { readonly path: string; readonly needs: string }[];
  /** The reason: no server serves a newer form, or the cap of the client forbids it. */
  readonly because: 'served' | 'cap';
}

/** Name of the channel of `node:diagnostics_channel` that carries an `OlderFormSent` for every call in an older form. */
export const OLDER_FORM_CHANNEL = 'concord.older-form';

const told = channel(OLDER_FORM_CHANNEL);

/** Publishes one call. Costs nothing without subscribers. */
export function tellOfOlderForm(
  destination: Destination,
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
