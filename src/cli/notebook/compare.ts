import { type Cell, type Notebook, type Output, sortKeys } from "./document.ts";

/** A difference between what is stored and what a run gave. */
export interface Difference {
  /** Index of the cell in the notebook. */
  readonly index: number;
  readonly id: string;
  /** Which part differs: "outputs[1].data[text/plain]". */
  readonly where: string;
  readonly stored: string;
  readonly got: string;
}

/** Cells with this tag show real time or other changing things: their outputs are not compared. */
export const VOLATILE = "volatile";

const parts = (output: Output): Map<string, string> => {
  switch (output.output_type) {
    case "stream":
      return new Map([[output.name, output.text]]);
    case "error":
      return new Map([
        ["ename", output.ename],
        ["evalue", output.evalue],
        ["traceback", output.traceback.join("\n")],
      ]);
    case "display_data":
    case "execute_result":
      return new Map(
        Object.entries(output.data).map(([mime, value]) => [
          `data[${mime}]`,
          typeof value === "string" ? value : JSON.stringify(sortKeys(value)),
        ]),
      );
  }
};

function compareCell(index: number, stored: Cell, got: Cell): Difference[] {
  const before = stored.outputs ?? [];
  const after = got.outputs ?? [];
  const differences: Difference[] = [];
  const add = (where: string, a: string, b: string) => {
    if (a !== b) differences.push({ index, id: stored.id, where, stored: a, got: b });
  };
  for (let i = 0; i < Math.max(before.length, after.length); i++) {
    const [a, b] = [before[i], after[i]];
    add(`outputs[${i}]`, a?.output_type ?? "nothing", b?.output_type ?? "nothing");
    if (a === undefined || b === undefined) continue;
    const [left, right] = [parts(a), parts(b)];
    for (const key of new Set([...left.keys(), ...right.keys()])) {
      add(`outputs[${i}].${key}`, left.get(key) ?? "", right.get(key) ?? "");
    }
  }
  return differences;
}

/** All differences between the stored outputs and those of a run, except in cells tagged `volatile`. */
export function compareOutputs(stored: Notebook, got: Notebook): Difference[] {
  return stored.cells.flatMap((cell, index) =>
    cell.cell_type === "code" && !cell.metadata.tags?.includes(VOLATILE)
      ? compareCell(index, cell, got.cells[index]!)
      : [],
  );
}

/** The first place where two long texts part, with some characters around it. */
export function excerpt(stored: string, got: string): { stored: string; got: string } {
  let at = 0;
  while (at < stored.length && stored[at] === got[at]) at++;
  const from = Math.max(0, at - 30);
  const cut = (text: string) =>
    `${from > 0 ? "..." : ""}${text.slice(from, at + 90)}${text.length > at + 90 ? "..." : ""}`;
  return { stored: cut(stored), got: cut(got) };
}
