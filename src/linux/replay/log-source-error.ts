/** What was given to be replayed is no log. */
export class LogSourceError extends Error {
  readonly code = "EINVAL";
  constructor(reason: string) {
    super(reason);
    this.name = "LogSourceError";
  }
}
