/** What could not be ended. */

/** A process that went on although it was killed, or that nothing here may kill. */
export interface Left {
  pid: number;
  /** Tells it from a later one with the same pid, where the system tells. */
  startTime: string | undefined;
}
