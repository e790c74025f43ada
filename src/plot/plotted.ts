/** What plotted data tells of itself beside its items. Anything that iterates may have these; a map declaration does. */
export interface PlottedFacts {
  /** The default title. */
  readonly name?: string;
  /** Why nothing may be in it, as sentences: shown where there is nothing to draw. */
  readonly emptyReason?: string;
  /** What kind of map it is: lists in a `percpu_...` are values by CPU. */
  readonly type?: string;
}

/** What is said in place of a plot, to stand behind a colon. */
export function emptySentence(data: PlottedFacts): string {
  const reason = factOf(data, "emptyReason");
  return reason ? `no samples. ${reason}` : "no samples.";
}

/** What an alternative text begins with: `Histogram "Read sizes"` by a title that was given, `Histogram of sizes` by name. */
export function kindAndTitle(kind: string, title: string | undefined, data: PlottedFacts = {}): string {
  if (title !== undefined) return title.toLowerCase().includes(kind.toLowerCase()) ? title : `${kind} "${title}"`;
  const name = factOf(data, "name");
  return name ? `${kind} of ${name}` : kind;
}

/** A fact that is there and says something. Data comes from anywhere, so it need not be a text. */
export function factOf(data: PlottedFacts, fact: keyof PlottedFacts): string | undefined {
  const text: unknown = data[fact];
  return typeof text === "string" && text !== "" ? text : undefined;
}
