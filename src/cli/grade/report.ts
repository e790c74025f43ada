import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { assignmentOf } from "../../grade/assignments/index.ts";
import { WRITERS, type Writer, type WriterName } from "../../grade/writers/index.ts";
import { oneOf, readFlags } from "../flags.ts";
import { print, writeFile } from "../output.ts";
import { UsageError } from "../usage.ts";
import { readResults, rosterOf } from "./results.ts";

/** `bpfbook grade report`: one file for all results, or a folder with one for each; a single result goes to the file that is named. */
export async function gradeReport(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, {
    format: "string",
    out: "string",
    columns: "string",
    roster: "string",
    assignment: "string",
  });
  const [file] = words;
  const format = oneOf("format", flags.format, Object.keys(WRITERS) as WriterName[]);
  if (file === undefined || words.length > 1 || format === undefined || flags.out === undefined)
    throw new UsageError(`grade report RESULTS.jsonl --format ${Object.keys(WRITERS).join("|")} --out FILE|DIR`);
  if (format !== "csv" && (flags.columns !== undefined || flags.roster !== undefined))
    throw new UsageError("--columns and --roster are for --format csv");
  const wanted = flags.assignment === undefined ? undefined : assignmentOf(flags.assignment).id;
  const results = (await readResults(file)).filter(({ assignment }) => wanted === undefined || assignment === wanted);
  const writer: Writer = WRITERS[format];
  if ("all" in writer) {
    const text = writer.all(results, { columns: flags.columns, roster: rosterOf(flags.roster) });
    if (flags.out === "-") await print(text);
    else writeFile(flags.out, text);
    return 0;
  }
  if (results.length === 1 && flags.out.includes(".")) {
    writeFile(flags.out, writer.each(results[0]!));
    return 0;
  }
  mkdirSync(flags.out, { recursive: true });
  for (const [at, result] of results.entries()) {
    // A file that was no submission has a label of any kind: it must not name a path.
    const name = `${result.student}-${result.assignment}`.replaceAll(/[^A-Za-z0-9_.@+-]/g, "_").replace(/^\.+/, "_");
    writeFile(join(flags.out, `${name || at}.${writer.extension}`), writer.each(result));
  }
  return 0;
}
