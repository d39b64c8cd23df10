/** Something that the user can act on: its message is printed without a stack. */
export class Problem extends Error {
  /** @param {string} message @param {number} [status] the exit status of the command */
  constructor(message, status = 1) {
    super(message);
    this.status = status;
  }
}
