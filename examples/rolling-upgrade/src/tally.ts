/** The counts of an agent. */

/** An older form in which calls were sent. */
export interface OlderForm {
  /** `PortsApi.getPorts needs 1.5, sent as 1.4 without filter.status: no server served more`. */
  readonly what: string;
  /** The phases in which the form was first and last sent. */
  readonly first: string;
  readonly last: string;
}

/** Counts since the agent started. */
export interface Tally {
  readonly calls: number;
  readonly failed: number;
  /** The messages of the first failures. */
  readonly failures: readonly string[];
  /** Results with a key that this agent's release does not know. */
  readonly tooNew: number;
  /** The fields of the filter that were applied to the last result. */
  readonly chosenBy: string;
  readonly olderForms: readonly OlderForm[];
}
