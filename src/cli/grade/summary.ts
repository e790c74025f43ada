import { summarise, summaryPage, summaryText } from "../../grade/teacher/index.ts";
import { readFlags } from "../flags.ts";
import { print, writeFile } from "../output.ts";
import { UsageError } from "../usage.ts";
import { readResults } from "./results.ts";

/** `bpfbook grade summary`: a class's results in lines, and as a page. */
export async function gradeSummary(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { out: "string" });
  if (words.length === 0) throw new UsageError("grade summary RESULTS.jsonl... [--out PAGE.html]");
  const summary = summarise((await Promise.all(words.map(readResults))).flat());
  await print(summaryText(summary));
  if (flags.out !== undefined) writeFile(flags.out, summaryPage(summary));
  return 0;
}
