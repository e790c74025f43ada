/** A solution with a fault, as an edit of the model solution, and how grading finds it. */
export interface WrongSolution {
  /** What is wrong with it. */
  readonly title: string;
  /** Texts of the notebook's source, and what stands there instead. */
  readonly edits: readonly (readonly [from: string, to: string])[];
  /** Tests that fail; all others pass. */
  readonly fails: readonly string[];
  /** The mistake of the task whose hint is given. */
  readonly mistake?: string;
  /** What a failing test says. */
  readonly says?: RegExp;
}
