import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Machine } from "../../src/index.ts";
import { toolCommand } from "../../src/tools/command.ts";
import { defaults } from "../../src/tools/frame/options.ts";
import type { AnyTool, Plan } from "../../src/tools/frame/tool.ts";
import { TOOL_NAMES } from "../../src/tools/names.ts";
import { TOOLS } from "../../src/tools/table.ts";

const FILE = join(import.meta.dirname, "../../docs/tools.md");

/** What a tool needs before it can be asked for its plan. */
const WORDS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  ...{ funccount: { pattern: "vfs_read" }, funclatency: { pattern: "vfs_read" }, stackcount: { pattern: "vfs_read" } },
  ...{ trace: { probes: ["vfs_read"] }, argdist: { count: ["p::vfs_read()"] } },
};

/** The table of the page: a line a tool. */
function lines(): string {
  const { linux } = new Machine();
  return (Object.values(TOOLS) as readonly AnyTool[])
    .map(({ name, about, options, plan }) => {
      const made = plan({ ...defaults(options), ...WORDS[name] } as never, linux) as Plan<object>;
      const columns = made.columns?.map(([title]) => title).join(" ") ?? "";
      return `| ${name} | ${about.replaceAll("|", "\\|")} | ${columns} |`;
    })
    .join("\n");
}

describe("docs/tools.md", () => {
  it("says of each tool what it uses and prints", () => {
    const page = existsSync(FILE) ? readFileSync(FILE, "utf8") : "";
    const start = page.indexOf("| tool | hooks and maps | columns |");
    const table = page.slice(start, page.indexOf("\n\n", start));
    expect(table).toBe(`| tool | hooks and maps | columns |\n|---|---|---|\n${lines()}`);
  });

  it("names are those of the table", () => {
    expect(TOOL_NAMES).toEqual(Object.keys(TOOLS));
    for (const [name, tool] of Object.entries(TOOLS)) expect(tool.name).toBe(name);
  });
});

describe("command lines", () => {
  const m = new Machine();

  it.each(Object.keys(TOOLS))("%s: -h is help, a wrong option is the usage and 2", async (name) => {
    const help = await toolCommand(m, [`${name}-bpfcc`, "-h"]);
    expect([help.code, help.stderr]).toEqual([0, ""]);
    expect(help.stdout.startsWith(`usage: ${name}-bpfcc [-h]`)).toBe(true);
    const wrong = await toolCommand(m, [
      name,
      "--no-such-option",
      ...Object.values(WORDS[name] ?? {})
        .flat()
        .map(String),
    ]);
    expect([wrong.code, wrong.stdout]).toEqual([2, ""]);
    expect(
      wrong.stderr.endsWith(`${name}: error: unrecognized arguments: --no-such-option\n`) || name === "argdist",
    ).toBe(true);
  });

  it("says what is wrong as argparse does", async () => {
    const said = async (...argv: readonly string[]) => {
      const { code, stderr } = await toolCommand(m, argv);
      return [code, stderr.trimEnd().split("\n").at(-1)];
    };
    expect(await said("opensnoop", "-p")).toEqual([2, "opensnoop: error: argument -p/--pid: expected one argument"]);
    expect(await said("opensnoop", "-p", "x")).toEqual([
      2,
      "opensnoop: error: argument -p/--pid: invalid int value: 'x'",
    ]);
    expect(await said("filetop", "-s", "x")).toEqual([
      2,
      "filetop: error: argument -s/--sort: invalid choice: 'x' (choose from 'all', 'reads', 'writes', 'rbytes', 'wbytes')",
    ]);
    expect(await said("opensnoop", "--t", "1")).toEqual([
      2,
      "opensnoop: error: ambiguous option: --t could match --timestamp, --tid",
    ]);
    expect(await said("funccount")).toEqual([2, "funccount: error: the following arguments are required: pattern"]);
    expect(await said("funccount", "nothing_here")).toEqual([1, '0 functions matched by "nothing_here". Exiting.']);
    expect(await said("execsnoop", "-n", "(")).toEqual([1, expect.stringMatching(/^invalid regular expression '\('/)]);
    expect(await said("nosuch-bpfcc")).toEqual([127, "nosuch-bpfcc: command not found"]);
  });
});
