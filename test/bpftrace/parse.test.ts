import { existsSync, readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { print } from "../../src/bpftrace/ast/print.ts";
import { BpftraceError } from "../../src/bpftrace/diagnostics.ts";
import { parse } from "../../src/bpftrace/syntax/parse-program.ts";
import { programs, withoutSpans } from "./arbitrary.ts";

const read = (text: string) => parse({ name: "stdin", text });
const faultOf = (text: string): string => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof BpftraceError) return error.message;
    throw error;
  }
  return "";
};

const runs = process.env.BPFBOOK_NIGHT ? 5000 : 150;

describe("the parser", () => {
  it("reads what the printer writes", () => {
    fc.assert(
      fc.property(programs, (program) => {
        expect(withoutSpans(read(print(program)))).toEqual(program);
      }),
      { numRuns: runs },
    );
  });

  it("answers any text with a tree or with faults that have a place", () => {
    const words = fc.constantFrom(
      ...'BEGIN { } ( ) / /* " @ $ $1 $# @a[ ] , ; if else while for unroll let macro config = += -> . .. 0x 1e9 1s # #if #define \\ struct { kprobe:f ? : ++ * & ! ~ sizeof'.split(
        " ",
      ),
      "\n",
      '"a\\n"',
    );
    const texts = fc.oneof(
      fc.string(),
      fc.string({ unit: "binary" }),
      fc.array(words, { maxLength: 40 }).map((list) => list.join(" ")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const message = faultOf(text);
        if (message !== "") expect(message).toMatch(/^stdin:\d+(:\d+)?-\d+: ERROR: /);
      }),
      { numRuns: runs * 4 },
    );
  });

  it("refuses a program that is nested too deeply", () => {
    expect(faultOf(`BEGIN { $x = ${"(".repeat(10_000)}1 }`)).toContain("nested too deeply");
    expect(faultOf(`BEGIN { $x = ${"-".repeat(9_999)}1 }`)).toContain("ERROR");
    expect(faultOf(`BEGIN { ${"if (1) { ".repeat(5_000)} }`)).toContain("nested too deeply");
  });

  it.each([
    ['BEGIN { printf("hi" }', 'stdin:1:21-22: ERROR: syntax error, unexpected }, expecting ) or ","', 20],
    ["BEGIN { $x = ; }", "stdin:1:14-15: ERROR: syntax error, unexpected ;", 13],
    ["BEGIN { @a[1 = 2; }", 'stdin:1:14-15: ERROR: syntax error, unexpected =, expecting ] or ","', 13],
    ["BEGIN { @a = 1 @b = 2 }", "stdin:1:16-18: ERROR: syntax error, unexpected map, expecting }", 15],
    ["BEGIN { while 1 { } }", "stdin:1:15-16: ERROR: syntax error, unexpected integer, expecting (", 14],
    ["BEGIN /1 { }", "stdin:1:10-11: ERROR: syntax error, unexpected {, expecting end predicate", 9],
    ['BEGIN { "abc }', "stdin:1:9-15: ERROR: unterminated string", 8],
    ["BEGIN { ` }", "stdin:1:9-10: ERROR: invalid character '`'", 8],
    ["i:s:1", "stdin:1:1-6: ERROR: unexpected end of file, expected {", 0],
    ["BEGIN { @x = 08; }", "stdin:1:14-16: ERROR: Found trailing non-numeric characters", 13],
    ["BEGIN { @x = 1e30; }", "stdin:1:14-18: ERROR: Exponent will overflow integer range: 30", 13],
  ])("says as bpftrace 0.17 what is wrong with %s", (text, message, column) => {
    const [first, line, underline] = faultOf(text).split("\n");
    expect(first).toBe(message);
    expect(line).toBe(text);
    expect(underline).toMatch(new RegExp(`^ {${column}}~+$`));
  });

  it("tells the faults of several probes", () => {
    const text = "kprobe:f { $x = ; }\nkprobe:g { @a[1 = 2; }\nkprobe:h { @b = 1; }\n";
    expect(faultOf(text).match(/ERROR/g)).toHaveLength(2);
  });

  it("obeys #if, keeping positions", () => {
    const text =
      "#ifndef BPFTRACE_HAVE_BTF\n#include <linux/sched.h>\nnonsense ((\n#else\n#define N 3\n#endif\nBEGIN { @a = N }\n";
    const { items } = read(text);
    expect(items.map((item) => item.kind)).toEqual(["define", "probe"]);
    expect(items[1]!.span.start).toBe(text.indexOf("BEGIN"));
  });

  const tools = "/usr/sbin";
  const installed = existsSync(tools) ? readdirSync(tools).filter((name) => name.endsWith(".bt")) : [];
  it.skipIf(installed.length === 0)("reads every tool that is installed, and itself printed again", () => {
    for (const name of installed) {
      const text = readFileSync(`${tools}/${name}`, "utf8");
      const program = read(text);
      expect(withoutSpans(read(print(program))), name).toEqual(withoutSpans(program));
    }
  });
});
