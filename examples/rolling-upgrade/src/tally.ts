/** What an agent counts of its calls. */

/** A way in which calls were sent otherwise than they were written. */
export interface OlderForm {
  /** `PortsApi.getPorts needs 1.5, sent as 1.4 without filter.status: nobody served more`. */
  readonly what: string;
  /** What went on when it was first and last seen. */
  readonly first: string;
  readonly last: string;
}

/** Counts since the agent started. */
export interface Tally {
  readonly calls: number;
  readonly failed: number;
  /** Some of the failures, as texts. */
  readonly failures: readonly string[];
  /** Answers in which there was something that this agent's release does not know. */
  readonly tooNew: number;
  /** By which parts of the filter the last answer was chosen. */
  readonly chosenBy: string;
  readonly olderForms: readonly OlderForm[];
}
