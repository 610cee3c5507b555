/** The error of a project that cannot be created as it was asked for. */

/** Ends the command with a sentence that names the remedy. */
export class NotCreated extends Error {
  constructor(
    message: string,
    /** 2 for wrong usage, 1 for a folder that cannot be written. */
    readonly exitCode: 1 | 2,
  ) {
    super(message);
    this.name = 'NotCreated';
  }
}
