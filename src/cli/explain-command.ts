import { explain } from "../course/explain/explain.ts";
import { ArgumentError } from "../isa/argument.ts";
import { renderPage } from "../views/page.ts";
import { readFlags } from "./flags.ts";
import { print } from "./output.ts";
import { UsageError } from "./usage.ts";

/** `bpfbook explain [TOPIC]`: a page as text, or as JSON. */
export async function explainCommand(args: readonly string[]): Promise<number> {
  const { flags, words } = readFlags(args, { json: "boolean" });
  const topic = words.length === 0 ? undefined : words.join(" ");
  try {
    const page = explain(topic);
    await print(flags.json ? `${JSON.stringify(page)}\n` : `${renderPage(page)["text/plain"]}\n`);
    return 0;
  } catch (error) {
    if (error instanceof ArgumentError) throw new UsageError(error.message);
    throw error;
  }
}
