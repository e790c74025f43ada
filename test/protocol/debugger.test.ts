import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { murmur2 } from "../../kernel/debug/murmur2.ts";
import type { JsonObject } from "../../kernel/wire/message.ts";
import { KernelClient, resultText, streamText } from "./kernel-client.ts";

test("the hash is MurmurHash2", () => {
  // Values of the reference implementation.
  expect(murmur2("", 0)).toBe(0);
  expect(murmur2("a", 0)).toBe(0x92685f5e);
  expect(murmur2("hello", 0)).toBe(0xe56129cb);
  expect(murmur2("grüße, welt", 0xc70f6907)).toBe(0x6ba1dc19);
});

describe("the debugger", () => {
  let kernel: KernelClient;
  let sequence = 0;
  beforeAll(async () => {
    kernel = await KernelClient.start();
  });
  afterAll(async () => {
    await kernel.stop();
  });

  async function debug(command: string, args: JsonObject = {}): Promise<JsonObject> {
    const request = { type: "request", seq: ++sequence, command, arguments: args };
    const { reply } = await kernel.request("debug_request", request, kernel.control);
    expect(reply).toMatchObject({ type: "response", request_seq: sequence, command });
    return reply;
  }
  const body = async (command: string, args: JsonObject = {}): Promise<JsonObject> => {
    const reply = await debug(command, args);
    expect(reply["message"]).toBeUndefined();
    return reply["body"] as JsonObject;
  };
  let seen = 0;
  /** The next event of this name. */
  async function event(name: string): Promise<JsonObject> {
    const events = () => kernel.published.filter(({ header }) => header.msg_type === "debug_event");
    await kernel.waitFor(() =>
      events()
        .slice(seen)
        .some(({ content }) => content["event"] === name),
    );
    const at = events().findIndex(({ content }, index) => index >= seen && content["event"] === name);
    seen = at + 1;
    return events()[at]!.content["body"] as JsonObject;
  }
  async function breakpoint(code: string, ...lines: number[]): Promise<string> {
    const path = String((await body("dumpCell", { code }))["sourcePath"]);
    const set = await body("setBreakpoints", { source: { path }, breakpoints: lines.map((line) => ({ line })) });
    expect(set["breakpoints"]).toMatchObject(lines.map((line) => ({ verified: true, line })));
    return path;
  }
  const run = (code: string) => kernel.execute(code);

  test("kernel_info offers it, and before it is started it says so", async () => {
    const { reply } = await kernel.request("kernel_info_request");
    expect(reply).toMatchObject({ debugger: true, supported_features: ["debugger", "kernel subshells"] });
    expect(await body("debugInfo")).toMatchObject({ isStarted: false, hashMethod: "Murmur2", breakpoints: [] });
    expect(await debug("flyToTheMoon")).toMatchObject({
      success: false,
      message: expect.stringContaining("flyToTheMoon"),
    });
  });

  test("a breakpoint is hit, frames, scopes and values are told, steps and continue go on", async () => {
    await body("initialize", {});
    await body("attach", {});
    await event("initialized");
    const code =
      "function double(n: number) {\n  const twice = n * 2;\n  return twice;\n}\nconsole.log('before');\ndouble(21)";
    const path = await breakpoint(code, 3);
    expect(await body("debugInfo")).toMatchObject({ isStarted: true, breakpoints: [{ source: path }] });
    const running = run(code);
    expect(await event("stopped")).toMatchObject({ reason: "breakpoint", threadId: 1 });
    // Everything that was printed before is there, and the kernel answers while the cell stands.
    expect(kernel.published.some(({ content }) => content["text"] === "before\n")).toBe(true);
    const { stackFrames } = (await body("stackTrace", { threadId: 1 })) as { stackFrames: JsonObject[] };
    expect(stackFrames).toMatchObject([
      { name: "double", line: 3, source: { path } },
      { name: "cell", line: 6, source: { path } },
    ]);
    const { scopes } = (await body("scopes", { frameId: stackFrames[0]!["id"]! })) as { scopes: JsonObject[] };
    expect(scopes[0]).toMatchObject({ name: "Locals" });
    const { variables } = await body("variables", { variablesReference: scopes[0]!["variablesReference"]! });
    expect(variables).toMatchObject([
      { name: "n", value: "21" },
      { name: "twice", value: "42" },
    ]);
    expect(await body("evaluate", { expression: "twice + 1", frameId: 1 })).toMatchObject({ result: "43" });
    expect(await debug("evaluate", { expression: "nope", frameId: 1 })).toMatchObject({ success: false });
    expect(await body("source", { source: { path } })).toMatchObject({ content: code });
    await body("stepOut");
    await event("stopped");
    await body("continue", { threadId: 1 });
    await event("continued");
    expect(resultText(await running)).toBe("42");
  });

  test("in a cell that is compiled, breakpoints and frames have the lines as typed", async () => {
    const code = `enum Color {
  red = 1,

  blue,
}

// the compiler drops this line, and the next

function paint(color: Color): string {
  const name = Color[color]!;

  return name + "!";
}
paint(Color.blue)`;
    await breakpoint(code, 12);
    const running = run(code);
    await event("stopped");
    const { stackFrames } = (await body("stackTrace", {})) as { stackFrames: JsonObject[] };
    const name = expect.stringContaining("paint") as string;
    expect(stackFrames).toMatchObject([
      { name, line: 12, column: 3 },
      { line: 14, column: 1 },
    ]);
    await body("continue");
    expect(resultText(await running)).toBe("'blue!'");
  });

  test("columns are those of the cell as typed, also on its first line and behind types", async () => {
    const code = "const add = (a: number, b: number): number => { debugger; return a + b }; add(1, 2)";
    const running = run(code);
    await event("stopped");
    const { stackFrames } = (await body("stackTrace", {})) as { stackFrames: JsonObject[] };
    expect(stackFrames).toMatchObject([
      { line: 1, column: code.indexOf("debugger") + 1 },
      { line: 1, column: code.indexOf("add(1") + 1 },
    ]);
    await body("continue");
    expect(resultText(await running)).toBe("3");
  });

  test("objects unfold; names of cells are listed while nothing runs", async () => {
    await run("const record = { name: 'read', sizes: [1, 2] };");
    const { variables } = (await body("inspectVariables")) as { variables: JsonObject[] };
    const record = variables.find(({ name }) => name === "record")!;
    expect(record).toMatchObject({ type: "Object" });
    const inside = await body("variables", { variablesReference: record["variablesReference"]! });
    expect(inside["variables"]).toMatchObject([{ name: "name", value: '"read"' }, { name: "sizes" }]);
    expect(await body("richInspectVariables", { variableName: "record" })).toMatchObject({
      data: { "text/plain": "Object" },
    });
  });

  test("breakpoints hold in files and in functions of cells that ran before; `debugger` stops", async () => {
    writeFileSync(
      join(kernel.folder, "helper.ts"),
      "export function triple(n: number) {\n  debugger;\n  return n * 3;\n}\n",
    );
    const running = run("import { triple } from './helper.ts';\ntriple(2)");
    await event("stopped");
    const { stackFrames } = (await body("stackTrace", {})) as { stackFrames: JsonObject[] };
    expect(stackFrames[0]).toMatchObject({
      name: "triple",
      line: 2,
      source: { path: join(kernel.folder, "helper.ts") },
    });
    await body("next");
    await event("stopped");
    await body("continue");
    expect(resultText(await running)).toBe("6");
  });

  test("an interrupt ends a cell that stands; a new process has the debugger again", async () => {
    const code = "let stuck = 1;\nstuck += 1;\nstuck";
    await breakpoint(code, 2);
    const running = run(code);
    await event("stopped");
    await kernel.request("interrupt_request", {}, kernel.control);
    expect((await running).reply).toMatchObject({ status: "error", ename: "CellInterrupted" });
    await run("process.exit(0)");
    const again = run(code);
    await event("stopped");
    await body("continue");
    expect(resultText(await again)).toBe("2");
  });

  test("disconnecting lets everything go on, and nothing stops any more", async () => {
    const code = "const last = 1;\nconsole.log('x');\nlast";
    await breakpoint(code, 2);
    const running = run(code);
    await event("stopped");
    await body("disconnect", {});
    expect(streamText(await running)).toBe("x\n");
    expect(resultText(await run(code))).toBe("1");
    expect(await body("debugInfo")).toMatchObject({ isStarted: false, breakpoints: [] });
  });
});
