/** One CPU executes so many instructions. */
export interface Turn {
  readonly cpu: number;
  readonly steps: number;
}

/** Who executes when: plain data, to be followed again. */
export type Schedule = readonly Turn[];

/** Each instruction's CPU, in order, as turns. */
export function turnsOf(cpus: readonly number[]): Schedule {
  const turns: { cpu: number; steps: number }[] = [];
  for (const cpu of cpus) {
    const last = turns.at(-1);
    if (last?.cpu === cpu) last.steps++;
    else turns.push({ cpu, steps: 1 });
  }
  return turns;
}

/** A schedule that cannot be followed: its CPU has ended, or waits. */
export class ScheduleError extends Error {
  readonly code = "SCHEDULE";
  /** Index of the turn. */
  readonly turn: number;
  constructor(turn: number, message: string) {
    super(`turn ${turn + 1}: ${message}`);
    this.name = "ScheduleError";
    this.turn = turn;
  }
}
