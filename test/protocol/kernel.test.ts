import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeMessage } from "../../kernel/wire/codec.ts";
import { createHeader } from "../../kernel/wire/message.ts";
import { Signer } from "../../kernel/wire/signing.ts";
import { type Answer, contents, KernelClient, resultText, streamText } from "./kernel-client.ts";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

const types = ({ published }: Answer): string[] => published.map(({ header }) => header.msg_type);

/** Interrupts as soon as the cell has printed. */
async function interruptWhenPrinting(running: Promise<Answer>, id: () => string): Promise<Answer> {
  await kernel.waitFor(({ header, parent }) => header.msg_type === "stream" && parent?.msg_id === id());
  await kernel.request("interrupt_request", {}, kernel.control);
  return running;
}

async function interrupted(code: string): Promise<Answer> {
  const { id, reply } = kernel.send("execute_request", { code: `console.log("started");\n${code}` });
  const answer = reply.then(async (content) => {
    await kernel.idle(id);
    return { reply: content, published: kernel.outputsOf(id), milliseconds: 0 };
  });
  return interruptWhenPrinting(answer, () => id);
}

describe("what a kernel is", () => {
  test("kernel_info on shell and control", async () => {
    for (const socket of [kernel.shell, kernel.control]) {
      const { reply } = await kernel.request("kernel_info_request", {}, socket);
      expect(reply).toMatchObject({ status: "ok", protocol_version: "5.5", language_info: { name: "typescript" } });
    }
  });

  test("heartbeat echoes, also while a cell spins", async () => {
    const spinning = kernel.execute("const end = Date.now() + 300; while (Date.now() < end);");
    expect(await kernel.heartbeat("ping")).toBe("ping");
    await spinning;
  });

  test("every request is busy, answered, idle", async () => {
    expect(types(await kernel.request("history_request", { hist_access_type: "tail", n: 1 }))).toEqual([
      "status",
      "status",
    ]);
  });

  test("comm_info is empty, and a comm nobody wants is closed", async () => {
    expect((await kernel.request("comm_info_request")).reply).toEqual({ status: "ok", comms: {} });
    kernel.send("comm_open", { comm_id: "c1", target_name: "nothing", data: {} });
    const closed = await kernel.waitFor(({ header }) => header.msg_type === "comm_close");
    expect(closed.content).toEqual({ comm_id: "c1", data: {} });
  });
});

describe("cells", () => {
  test("busy, input, result, idle, in this order", async () => {
    const answer = await kernel.execute("const six: number = 6;\nsix * 7");
    expect(types(answer)).toEqual(["status", "execute_input", "execute_result", "status"]);
    expect(resultText(answer)).toBe("42");
    const count = answer.reply["execution_count"];
    expect(contents(answer, "execute_input")).toEqual([
      { code: "const six: number = 6;\nsix * 7", execution_count: count },
    ]);
    expect(contents(answer, "execute_result")[0]).toMatchObject({ execution_count: count });
  });

  test("names live on and can be declared again, with another type", async () => {
    await kernel.execute("let again = 1; class Thing { a = 1 } const f = <T,>(x: T): T => x;");
    expect(resultText(await kernel.execute("f(again) + new Thing().a"))).toBe("2");
    await kernel.execute("const again = 'text'; class Thing { b = 2 }");
    expect(resultText(await kernel.execute("again.length + new Thing().b"))).toBe("6");
  });

  test("top-level await, for await, dynamic import", async () => {
    const code = `
      const { basename } = await import("node:path");
      const parts: string[] = [];
      for await (const part of (async function* () { yield "a"; yield "b"; })()) parts.push(basename("/x/" + part));
      parts.join()`;
    expect(resultText(await kernel.execute(code))).toBe("'a,b'");
  });

  test("undefined shows nothing", async () => {
    expect(contents(await kernel.execute("undefined"), "execute_result")).toEqual([]);
    expect(contents(await kernel.execute("const nothing = 1;"), "execute_result")).toEqual([]);
  });

  test("cells are strict", async () => {
    expect(resultText(await kernel.execute("(function (this: unknown) { return this })() === undefined"))).toBe("true");
  });

  test("a type error is shown at its line, and the cell does not run", async () => {
    const answer = await kernel.execute('console.log("must not run");\nconst wrong: number = "text";');
    expect(answer.reply).toMatchObject({ status: "error", ename: "TypeCheckError" });
    expect(streamText(answer)).toBe("");
    const [error] = contents(answer, "error");
    expect(error).toMatchObject({ ename: "TypeCheckError", evalue: answer.reply["evalue"] });
    expect((error!["traceback"] as string[]).join("\n")).toMatch(
      /> 2 \| const wrong: number = "text";\n {4}\| {7}\^{5}/,
    );
  });

  test("user expressions are evaluated after the cell", async () => {
    const { reply } = await kernel.execute("const seven = 7;", {
      user_expressions: { good: "seven + 1", bad: "nope" },
    });
    expect(reply["user_expressions"]).toMatchObject({
      good: { status: "ok", data: { "text/plain": "8" } },
      bad: { status: "error", ename: "ReferenceError" },
    });
  });

  test("silent cells leave no trace but what they print", async () => {
    const before = (await kernel.execute("1")).reply["execution_count"];
    const silent = await kernel.execute("console.log('x'); 5", { silent: true });
    expect(types(silent)).toEqual(["status", "stream", "status"]);
    const unstored = await kernel.execute("6", { store_history: false });
    expect([silent.reply, unstored.reply].map((reply) => reply["execution_count"])).toEqual([before, before]);
    expect((await kernel.execute("7")).reply["execution_count"]).toBe(Number(before) + 1);
    const history = await kernel.request("history_request", {
      hist_access_type: "tail",
      n: 2,
      output: true,
      raw: true,
    });
    expect((history.reply["history"] as unknown[][]).map((row) => row[2])).toEqual([
      ["1", "1"],
      ["7", "7"],
    ]);
  });
});

describe("errors", () => {
  test("name, message, the cell's own TypeScript lines, no frame of the kernel", async () => {
    const code =
      "interface Point { x: { y: number } }\nfunction look(p: Point): number {\n  return p.x.y;\n}\nlook({} as Point)";
    const answer = await kernel.execute(code);
    const [error] = contents(answer, "error");
    expect(error).toMatchObject({ ename: "TypeError", evalue: "Cannot read properties of undefined (reading 'y')" });
    expect(answer.reply).toMatchObject({ status: "error", ...error });
    const traceback = (error!["traceback"] as string[]).join("\n");
    expect(traceback).toContain("> 3 |   return p.x.y;\n    |              ^");
    expect(traceback).toMatch(/at look \(cell-\d+\.ts:3:14\)\n {4}at cell-\d+\.ts:5:1$/);
    expect(traceback).not.toMatch(/node:|kernel\//);
  });

  test("causes are followed, other values can be thrown", async () => {
    const chained = await kernel.execute("throw new Error('outer', { cause: new RangeError('inner') })");
    expect((chained.reply["traceback"] as string[]).join("\n")).toContain("Caused by: RangeError: inner");
    expect((await kernel.execute("throw { code: 5 }")).reply).toMatchObject({
      ename: "Uncaught",
      evalue: "{ code: 5 }",
    });
    expect((await kernel.execute("throw null")).reply).toMatchObject({ ename: "Uncaught", evalue: "null" });
  });

  test("an error that shows itself is shown, and is the error", async () => {
    const code = `
      class Loud extends Error { [Symbol.for("Jupyter.display")]() { return { "text/html": "<b>loud</b>" } } }
      throw new Loud("quiet")`;
    const answer = await kernel.execute(code);
    expect(types(answer)).toEqual(["status", "execute_input", "display_data", "error", "status"]);
    expect(answer.reply).toMatchObject({ status: "error", evalue: "quiet" });
  });

  test("rejections and timer errors nobody handles are shown in the cell that made them", async () => {
    const late = await kernel.execute("setTimeout(() => { throw new Error('from the timer') }, 40);");
    const answer = await kernel.execute(
      "Promise.reject(new Error('from the promise')); await new Promise(r => setTimeout(r, 120)); 1",
    );
    expect(answer.reply["status"]).toBe("ok");
    expect(contents(answer, "error")).toMatchObject([{ evalue: "from the promise" }]);
    const id = late.published[0]!.parent!.msg_id;
    expect(contents({ published: kernel.outputsOf(id) }, "error")).toMatchObject([{ evalue: "from the timer" }]);
  });

  test("a queued cell begins after the idle of the one before it, and each reply has its own count", async () => {
    const before = kernel.published.length;
    const sent = ["'a'", "'b'", "'c'"].map((code) => kernel.send("execute_request", { code }));
    const replies = await Promise.all(sent.map(({ reply }) => reply));
    await kernel.idle(sent[2]!.id);
    const published = kernel.published.slice(before);
    const states = published.filter(({ header }) => header.msg_type === "status");
    expect(
      states.map(({ parent, content }) => [
        sent.findIndex(({ id }) => id === parent?.msg_id),
        content["execution_state"],
      ]),
    ).toEqual(
      [0, 1, 2].flatMap((cell) => [
        [cell, "busy"],
        [cell, "idle"],
      ]),
    );
    const inputs = contents({ published }, "execute_input").map((content) => content["execution_count"]);
    const results = contents({ published }, "execute_result").map((content) => content["execution_count"]);
    expect(replies.map((reply) => reply["execution_count"])).toEqual(inputs);
    expect(results).toEqual(inputs);
  });

  test("queued cells are aborted after an error, and only they", async () => {
    const sent = ["throw new Error('first')", "1", "2"].map((code) => kernel.send("execute_request", { code }));
    const replies = await Promise.all(sent.map(({ reply }) => reply));
    expect(replies.map((reply) => reply["status"])).toEqual(["error", "aborted", "aborted"]);
    await kernel.idle(sent[2]!.id);
    expect((await kernel.execute("3")).reply["status"]).toBe("ok");
  });

  test("with stop_on_error false all of them run", async () => {
    const sent = ["throw new Error('first')", "1", "2"].map((code) =>
      kernel.send("execute_request", { code, stop_on_error: false }),
    );
    const replies = await Promise.all(sent.map(({ reply }) => reply));
    expect(replies.map((reply) => reply["status"])).toEqual(["error", "ok", "ok"]);
    await kernel.idle(sent[2]!.id);
  });
});

describe("output", () => {
  test("a promise that the midst of a cell does not wait for is named, before the cell's own output", async () => {
    const answer = await kernel.execute("async function later() {}\nconsole.log('own');\nlater();\n1");
    expect(answer.reply).toMatchObject({ status: "ok" });
    expect(contents(answer, "stream")).toEqual([
      { name: "stderr", text: expect.stringMatching(/^Line 3: later\(\.\.\.\) gives a promise .*`await`/) as string },
      { name: "stdout", text: "own\n" },
    ]);
    const meant = await kernel.execute("void later();\nawait later();\nlater().then(() => {});\n1");
    expect(contents(meant, "stream")).toEqual([]);
  });

  test("stdout and stderr keep their order with displays between them", async () => {
    const answer = await kernel.execute(
      "console.log('a'); console.error('b'); display('c'); process.stdout.write('d'); console.log({ e: 1 }); 'f'",
    );
    expect(types(answer).slice(2, -1)).toEqual(["stream", "stream", "display_data", "stream", "execute_result"]);
    expect(streamText(answer)).toBe("a\nd{ e: 1 }\n");
    expect(streamText(answer, "stderr")).toBe("b\n");
  });

  test("20,000 lines all arrive, in fewer than 50 messages, before idle", async () => {
    const answer = await kernel.execute("for (let n = 0; n < 20_000; n++) console.log('line ' + n)");
    expect(streamText(answer)).toBe(Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`).join(""));
    expect(contents(answer, "stream").length).toBeLessThan(50);
  });

  test("20 MB of output arrive whole", async () => {
    const answer = await kernel.execute("for (let n = 0; n < 20; n++) process.stdout.write('x'.repeat(1_000_000))");
    expect(streamText(answer)).toHaveLength(20_000_000);
  });

  test("a cell that spins after printing is seen printing", async () => {
    const { id, reply } = kernel.send("execute_request", {
      code: "console.log('before'); { const end = Date.now() + 600; while (Date.now() < end); } console.log('after')",
    });
    const first = await kernel.waitFor(({ header, parent }) => header.msg_type === "stream" && parent?.msg_id === id);
    expect(first.content["text"]).toBe("before\n");
    await reply;
    await kernel.idle(id);
  });

  test("late output belongs to the cell that made it", async () => {
    const first = await kernel.execute("setTimeout(() => console.log('late'), 60);");
    const second = await kernel.execute("await new Promise(r => setTimeout(r, 150)); console.log('own')");
    expect(streamText(second)).toBe("own\n");
    const id = first.published[0]!.parent!.msg_id;
    expect(streamText({ ...first, published: kernel.outputsOf(id) })).toBe("late\n");
  });

  test("programs that a cell starts print into the cell", async () => {
    const answer = await kernel.execute(
      "const { execSync } = await import('node:child_process'); execSync('echo from a program', { stdio: 'inherit' });",
    );
    expect(streamText(answer)).toContain("from a program\n");
  });
});

describe("displays", () => {
  test("Jupyter.display, at once or promised, and display() with updates", async () => {
    const now = await kernel.execute("({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<i>1</i>' }) })");
    expect(contents(now, "execute_result")[0]!["data"]).toEqual({ "text/html": "<i>1</i>" });
    const later = await kernel.execute(
      "({ [Symbol.for('Jupyter.display')]: async () => ({ 'text/html': '<i>2</i>' }) })",
    );
    expect(contents(later, "execute_result")[0]!["data"]).toEqual({ "text/html": "<i>2</i>" });
    const updated = await kernel.execute("const shown = display.markdown('*one*'); shown.update(2); shown");
    const [first] = contents(updated, "display_data");
    const [second] = contents(updated, "update_display_data");
    expect(first).toMatchObject({ data: { "text/markdown": "*one*" } });
    expect(second).toMatchObject({ data: { "text/plain": "2" }, transient: first!["transient"] });
    expect(contents(updated, "execute_result")).toEqual([]);
  });

  test("Jupyter.live is shown and updated in place before the cell ends", async () => {
    const answer = await kernel.execute(`({
      async *[Symbol.for("Jupyter.live")]() {
        for (const step of ["1", "2", "3"]) { yield { "text/plain": step }; await new Promise(r => setTimeout(r, 5)); }
      },
    })`);
    expect(types(answer).slice(2, -1)).toEqual(["execute_result", "update_display_data", "update_display_data"]);
    expect(contents(answer, "update_display_data").at(-1)).toMatchObject({ data: { "text/plain": "3" } });
  });

  test("a display that fails says why, the cell goes on", async () => {
    const answer = await kernel.execute("display({ [Symbol.for('Jupyter.display')]: () => 5 }); 'end'");
    expect(contents(answer, "error")).toMatchObject([{ ename: "BundleError" }]);
    expect(resultText(answer)).toBe("'end'");
    // A front end that sees an error output must hear of it from the reply, too.
    expect(answer.reply).toMatchObject({ status: "error", ename: "BundleError" });
  });

  test("metadata of a display reach the front end", async () => {
    const answer = await kernel.execute("display('a', { metadata: { 'text/plain': { wide: true } } }); display('b');");
    const told = contents(answer, "display_data").map(({ metadata }) => metadata);
    expect(told).toEqual([{ "text/plain": { wide: true } }, {}]);
  });

  test("clear_output", async () => {
    const answer = await kernel.execute("display.clear(); display.clear({ wait: true })");
    expect(contents(answer, "clear_output")).toEqual([{ wait: false }, { wait: true }]);
  });
});

describe("modules", () => {
  test("from the notebook's folder: .ts files, JSON, packages, builtins", async () => {
    writeFileSync(join(kernel.folder, "helper.ts"), "export const twice = (n: number): number => n * 2;\n");
    writeFileSync(join(kernel.folder, "data.json"), '{ "a": 5 }');
    const folder = join(kernel.folder, "node_modules", "tiny");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), '{ "name": "tiny", "version": "1.0.0", "main": "index.js" }');
    writeFileSync(join(folder, "index.js"), "module.exports = { name: 'tiny' };");
    const code = `
      import { twice } from "./helper.ts";
      import data from "./data.json" with { type: "json" };
      import { join } from "node:path";
      // @ts-ignore: it has no types
      import tiny from "tiny";
      [twice(data.a), tiny.name, join("a", "b")].join()`;
    const answer = await kernel.execute(code);
    expect(answer.reply).toMatchObject({ status: "ok" });
    expect(resultText(answer)).toBe("'10,tiny,a/b'");
  });

  test("a missing module is an error in the cell", async () => {
    const answer = await kernel.execute("await import('./' + 'nowhere.ts')");
    expect(answer.reply).toMatchObject({ status: "error", ename: "Error" });
    expect(answer.reply["evalue"]).toContain("nowhere.ts");
  });
});

describe("interrupt", () => {
  test.each([
    ["a spin loop", "while (true);"],
    ["a spin loop after an await", "await null; while (true);"],
    ["a loop that catches everything", "while (true) { try { while (true); } catch {} }"],
    ["a catastrophic regular expression", "/^(a+)+$/.test('a'.repeat(50) + 'b');"],
    ["a flood of output", "for (;;) console.log('x'.repeat(100));"],
    ["Atomics.wait", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);"],
    ["a flood of microtasks", "for (;;) await null;"],
    ["a spinning timer", "setTimeout(() => { while (true); }, 1); await new Promise(() => {});"],
    ["a spinning tick", "process.nextTick(() => { while (true); }); await new Promise(() => {});"],
    ["a spinning queued microtask", "queueMicrotask(() => { while (true); }); await new Promise(() => {});"],
    ["a promise that is never kept", "await new Promise(() => {});"],
    ["a loop that sleeps", "while (true) await new Promise(r => setTimeout(r, 3));"],
    [
      "a loop on timers/promises",
      "const { setTimeout: nap } = await import('node:timers/promises'); while (true) await nap(3);",
    ],
  ])("%s ends, and the state stays", async (_name, code) => {
    await kernel.execute("var keep = 'kept';");
    const { reply } = await interrupted(code);
    expect(reply).toMatchObject({ status: "error", ename: "CellInterrupted", evalue: "the cell was interrupted" });
    expect(resultText(await kernel.execute("keep"))).toBe("'kept'");
  });

  test("intervals of the cell stop with it", async () => {
    await kernel.execute("var ticks = 0;");
    await interrupted("setInterval(() => { ticks++; }, 2); await new Promise(() => {});");
    const [first, second] = [
      await kernel.execute("ticks"),
      await kernel.execute("await new Promise(r => setTimeout(r, 60)); ticks"),
    ];
    expect(resultText(second)).toBe(resultText(first));
  });

  test("a cell that cannot be stopped ends with its process, and says so", async () => {
    const { reply } = await interrupted(
      // Several loops: on a busy computer one may be unwound before it answers.
      "const { stat } = await import('node:fs/promises'); const loop = async () => { for (;;) await stat('.'); }; " +
        "await Promise.all([loop(), loop(), loop(), loop()]);",
    );
    expect(reply["evalue"]).toMatch(/went on in the background, so its process was ended/);
    expect((reply["traceback"] as string[]).at(-1)).toMatch(/variables of earlier cells are gone/);
    // The checker has forgotten them too.
    expect((await kernel.execute("keep")).reply).toMatchObject({ ename: "TypeCheckError" });
  });

  test("queued cells are dropped with the interrupted one", async () => {
    const { id, reply } = kernel.send("execute_request", { code: "console.log('go'); while (true);" });
    const next = kernel.send("execute_request", { code: "1" });
    await kernel.waitFor(({ header, parent }) => header.msg_type === "stream" && parent?.msg_id === id);
    await kernel.request("interrupt_request", {}, kernel.control);
    expect([(await reply)["status"], (await next.reply)["status"]]).toEqual(["error", "aborted"]);
    await kernel.idle(next.id);
  });

  test("an interrupt with nothing to interrupt harms nothing", async () => {
    await kernel.request("interrupt_request", {}, kernel.control);
    expect(resultText(await kernel.execute("1 + 1"))).toBe("2");
  });

  test("kernel_info and completion are answered while a cell spins", async () => {
    const spinning = interrupted("while (true);");
    const info = await kernel.request("kernel_info_request", {}, kernel.control);
    const completion = await kernel.request("complete_request", { code: "Math.sqr", cursor_pos: 8 });
    expect([info.reply["status"], completion.reply["status"]]).toEqual(["ok", "ok"]);
    await spinning;
  });
});

describe("the end of a child", () => {
  test("process.exit shows what was printed, an error, and the session goes on", async () => {
    const answer = await kernel.execute("console.log('last words'); process.exit(3)");
    expect(streamText(answer)).toBe("last words\n");
    expect(answer.reply).toMatchObject({ status: "error", ename: "ProcessExitError" });
    expect(contents(answer, "stream").filter(({ name }) => name === "stderr")).toEqual([]);
    expect(resultText(await kernel.execute("1 + 1"))).toBe("2");
  });

  test("a crash and a kill are told apart", async () => {
    expect((await kernel.execute("process.abort()")).reply).toMatchObject({ ename: "ProcessCrashError" });
    expect((await kernel.execute("process.kill(process.pid, 'SIGKILL')")).reply).toMatchObject({
      ename: "ProcessKilledError",
    });
    expect((await kernel.execute("2")).reply["status"]).toBe("ok");
  });

  test("an exit between two cells is shown in the cell that caused it", async () => {
    const answer = await kernel.execute("setTimeout(() => process.exit(4), 20);");
    expect(answer.reply["status"]).toBe("ok");
    const id = answer.published[0]!.parent!.msg_id;
    const error = await kernel.waitFor(({ header, parent }) => header.msg_type === "error" && parent?.msg_id === id);
    expect(error.content).toMatchObject({ ename: "ProcessExitError" });
    expect(resultText(await kernel.execute("3"))).toBe("3");
  });

  test("programs of the cell end with it", async () => {
    await kernel.execute(
      "const { spawn } = await import('node:child_process'); spawn('sleep', ['1000'], { stdio: 'ignore' }).pid",
    );
    const pid = Number(resultText(await kernel.execute("spawn('sleep', ['1000'], { stdio: 'ignore' }).pid")));
    expect(existsSync(`/proc/${pid}`) || process.platform !== "linux").toBe(true);
    await kernel.execute("process.exit(0)");
    await sleep(100);
    const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8").split(" ")[2] : "gone";
    expect(["gone", "Z"]).toContain(state);
  });
});

describe("input", () => {
  test("prompt() asks the front end and blocks the cell", async () => {
    kernel.onInput = (prompt) => `${prompt}Ada`;
    expect(resultText(await kernel.execute("const who = prompt('name? '); who"))).toBe("'name? Ada'");
    kernel.onInput = undefined;
  });

  test("where no input is allowed prompt() throws at once", async () => {
    expect((await kernel.execute("prompt('name? ')")).reply).toMatchObject({
      status: "error",
      ename: "InputRefusedError",
    });
  });

  test("confirm() and node:readline ask, each line once", async () => {
    const asked: string[] = [];
    const answers = ["what", "yes", "Ada", "Grace"];
    kernel.onInput = (prompt) => {
      asked.push(prompt);
      return answers.shift();
    };
    expect(resultText(await kernel.execute("confirm('Go on?')"))).toBe("true");
    const lines = await kernel.execute(`
      import { createInterface } from "node:readline/promises";
      const reader = createInterface({ input: process.stdin, output: process.stdout });
      const names = [await reader.question("first? "), await reader.question("second? ")];
      reader.close();
      names.join()`);
    expect(resultText(lines)).toBe("'Ada,Grace'");
    expect(streamText(lines)).toContain("second? ");
    expect(asked).toEqual(["Go on? [y/N] ", "Go on? [y/N] ", "", ""]);
    kernel.onInput = undefined;
  });

  test("an interrupt ends a waiting prompt", async () => {
    let asked = false;
    kernel.onInput = () => {
      asked = true;
      return undefined;
    };
    const running = kernel.execute("prompt('never answered')");
    while (!asked) await sleep(5);
    await kernel.request("interrupt_request", {}, kernel.control);
    expect((await running).reply).toMatchObject({ status: "error", ename: "CellInterrupted" });
    kernel.onInput = undefined;
    expect(resultText(await kernel.execute("1"))).toBe("1");
  });
});

describe("language requests", () => {
  test("completion counts code points", async () => {
    const code = "'🎉'.toUpperC";
    const { reply } = await kernel.request("complete_request", { code, cursor_pos: [...code].length });
    expect(reply).toMatchObject({
      status: "ok",
      matches: ["toUpperCase"],
      cursor_start: 4,
      cursor_end: [...code].length,
    });
  });

  test("inspection shows type and documentation", async () => {
    await kernel.execute("/** Counts sheep. */\nconst sheep = (n: number): number => n;");
    const { reply } = await kernel.request("inspect_request", { code: "sheep(1)", cursor_pos: 2, detail_level: 0 });
    expect(reply).toMatchObject({ status: "ok", found: true });
    expect((reply["data"] as Record<string, string>)["text/markdown"]).toContain("Counts sheep.");
  });

  test.each([
    ["1 + 1", "complete"],
    ["function f() {", "incomplete"],
    ["`template", "incomplete"],
  ])("is_complete of %j is %s", async (code, status) => {
    expect((await kernel.request("is_complete_request", { code })).reply["status"]).toBe(status);
  });
});

describe("who may talk to a kernel", () => {
  const forge = (key: string) =>
    encodeMessage(
      {
        identities: [],
        header: createHeader("execute_request", kernel.session),
        parent: undefined,
        metadata: {},
        content: { code: "globalThis.forged = true" },
        buffers: [],
      },
      new Signer(key),
    );

  test("forged, replayed and broken messages are dropped, the kernel lives", async () => {
    const count = Number((await kernel.execute("1")).reply["execution_count"]);
    const genuine = forge("a key of the tests");
    await kernel.shell.send(forge("a wrong key"));
    await kernel.shell.send([Buffer.from("nonsense")]);
    await kernel.shell.send(genuine);
    await kernel.shell.send(genuine);
    const answer = await kernel.execute("2");
    // One of the four was genuine.
    expect(answer.reply["execution_count"]).toBe(count + 2);
  });

  test("no inspector port can be opened by a signal", async () => {
    const answer = await kernel.execute(`
      const inspector = await import("node:inspector");
      process.kill(process.pid, "SIGUSR1");
      await new Promise(resolve => setTimeout(resolve, 50));
      String(inspector.url())`);
    expect(resultText(answer)).toBe("'undefined'");
  });
});

test("a kernel that is shut down answers, ends, and has said nothing on its own", async () => {
  const other = await KernelClient.start();
  await other.execute("setInterval(() => {}, 10); 1");
  const { reply } = other.send("shutdown_request", { restart: true }, other.control);
  expect(await reply).toEqual({ status: "ok", restart: true });
  expect(await other.stop()).toBe(0);
  expect(other.log).toBe("");
});

test("a kernel whose starter is gone ends, with its child", async () => {
  const other = await KernelClient.start();
  const child = Number(resultText(await other.execute("process.pid")));
  other.process.kill("SIGKILL");
  await sleep(500);
  const alive = existsSync(`/proc/${child}/stat`) && readFileSync(`/proc/${child}/stat`, "utf8").split(" ")[2] !== "Z";
  expect(alive && process.platform === "linux").toBe(false);
  await other.stop();
});
