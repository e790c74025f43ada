/** Replaces `[start, end)` of a text; an insertion has `start === end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** 1-based line and column, in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A text with edits applied, and the way back. */
export interface EditedText {
  readonly text: string;
  /** Position before the edits of a position after them; a position inside inserted text gives the edit's start. */
  toBefore(position: Position): Position;
}

/** Applies edits, which must not overlap; several insertions at one place keep their order. */
export function applyEdits(before: string, edits: readonly Edit[]): EditedText {
  const ordered = edits.map((edit, index) => ({ edit, index }));
  ordered.sort((a, b) => a.edit.start - b.edit.start || a.edit.end - b.edit.end || a.index - b.index);
  // Kept stretches: from `after` on, the texts run in parallel until the next edit.
  const kept = [{ after: 0, before: 0, end: 0 }];
  let text = "";
  let position = 0;
  for (const { edit } of ordered) {
    text += before.slice(position, edit.start);
    kept.at(-1)!.end = text.length;
    text += edit.text;
    position = edit.end;
    kept.push({ after: text.length, before: position, end: text.length });
  }
  text += before.slice(position);
  kept.at(-1)!.end = text.length + 1;

  const linesBefore = lineStarts(before);
  const linesAfter = lineStarts(text);
  return {
    text,
    toBefore({ line, column }) {
      const start = linesAfter[line - 1];
      if (start === undefined) return { line, column };
      const offset = start + column - 1;
      const stretch = kept[upperBound(kept, (item) => item.after <= offset)]!;
      // Past the stretch's end lies replaced text: what was replaced starts where the stretch ends.
      return positionAt(linesBefore, stretch.before + Math.min(offset, stretch.end) - stretch.after);
    },
  };
}

/** Offsets at which the lines of a text start. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

/** The position of an offset, given the text's line starts. */
export function positionAt(starts: readonly number[], offset: number): Position {
  const line = upperBound(starts, (start) => start <= offset);
  return { line: line + 1, column: offset - starts[line]! + 1 };
}

/** Index of the last item that holds; items that hold come first, and the first one does. */
function upperBound<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (holds(items[middle]!)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The text with everything but line ends as spaces: nothing after it moves. */
export function blank(text: string): string {
  return text.replace(/[^\r\n\u2028\u2029]/g, " ");
}
