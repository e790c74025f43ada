import { describe, expect, it } from "vitest";
import { BpftraceError, Machine } from "../../src/index.ts";

/** Runs a program with files beside it. */
async function run(text: string, files: Readonly<Record<string, string>>): Promise<string> {
  try {
    const result = await new Machine().bpftrace({ for: "1ms", read: (path) => files[path], name: "tools/main.bt" })(
      text,
    );
    return result.text.trimEnd();
  } catch (error) {
    if (error instanceof BpftraceError) return error.message;
    throw error;
  }
}

describe("import", () => {
  it("brings macros, functions, types and probes of other files, each once", async () => {
    const files = {
      "tools/lib.bt": 'import "types.h"; macro twice(x) { x * 2 } fn next($a : int64) : int64 { return $a + 1; }',
      "tools/types.h": "#define SEVEN 7\nstruct pair { int a; int b; };",
      "tools/end.bt": 'import "lib.bt"; import "main.bt"; END { print("over"); }',
    };
    const text =
      'import "lib.bt"; import "end.bt"; BEGIN { print(twice(next(4))); print(sizeof(struct pair)); print(SEVEN); exit(); }';
    expect(await run(text, files)).toBe("10\n8\n7\nover");
  });

  it("names the file and the line of a fault", async () => {
    const bad = { "tools/lib.bt": "macro f() {\n  print($nope);\n}" };
    expect(await run('import "lib.bt"; BEGIN { f(); }', bad)).toBe(
      "tools/lib.bt:2:9-14: ERROR: Undefined or undeclared variable: $nope\n  print($nope);\n        ~~~~~",
    );
    const worse = { "tools/lib.bt": "BEGIN {\n  print(;\n}" };
    expect(await run('import "lib.bt"; BEGIN { exit(); }', worse)).toBe(
      "tools/lib.bt:2:9-10: ERROR: syntax error, unexpected ;\n  print(;\n        ~",
    );
  });

  it("reads files of the machine where nothing else is said", async () => {
    const m = new Machine();
    m.linux.files.create("/root/lib.bt", "macro five() { 5 }");
    const { text } = await m.bpftrace({ for: "1ms" })('import "/root/lib.bt"; BEGIN { print(five()); exit(); }');
    expect(text.trimEnd()).toBe("5");
  });

  it("is bounded", async () => {
    const files: Record<string, string> = {};
    for (let i = 0; i < 200; i++) files[`tools/f${i}.bt`] = `import "f${i + 1}.bt";`;
    expect(await run('import "f0.bt"; BEGIN { exit(); }', files)).toMatch(
      /^tools\/f\d+\.bt:1:1-17?: ERROR: import of 'f\d+\.bt': too many files/,
    );
  });
});
