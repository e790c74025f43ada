/** An answer that students are likely to give, and the mistake behind it. */
export interface WrongAnswer {
  readonly answer: unknown;
  /** The name of one of the exercise's mistakes. */
  readonly mistake: string;
}

/** Wrong answers by exercise, at least two mistakes each. */
export type WrongAnswers = Readonly<Record<string, readonly WrongAnswer[]>>;
