/** What a front end sees through a Jupyter Server, with the client that JupyterLab itself is made of. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type Kernel,
  KernelManager,
  type KernelMessage,
  ServerConnection,
  SessionManager,
  type Session as SessionTypes,
} from "@jupyterlab/services";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { installKernelspec } from "../../kernel/install/kernelspec.ts";
import { findJupyter, type JupyterServer, startJupyterServer } from "../../src/cli/notebook/server.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const NIGHT = process.env["BPFBOOK_NIGHT"] !== undefined;

interface Run {
  readonly reply: KernelMessage.IExecuteReplyMsg["content"];
  readonly messages: readonly KernelMessage.IIOPubMessage[];
  readonly text: string;
}

describe.skipIf(!existsSync(join(ROOT, ".venv", "bin", "jupyter")))("through a Jupyter Server", () => {
  const folder = mkdtempSync(join(tmpdir(), "bpfbook-services-"));
  let server: JupyterServer;
  let kernels: KernelManager;
  let sessions: SessionManager;
  let session: SessionTypes.ISessionConnection;
  let kernel: Kernel.IKernelConnection;

  beforeAll(async () => {
    installKernelspec(
      { kind: "prefix", path: folder },
      { node: process.execPath, launcher: join(ROOT, "bin", "bpfbook.js") },
    );
    // The server drops what comes faster than 1 MB/s, which is not what is tested here.
    writeFileSync(
      join(folder, "jupyter_server_config.json"),
      JSON.stringify({ ZMQChannelsWebsocketConnection: { iopub_data_rate_limit: 1e12, iopub_msg_rate_limit: 1e12 } }),
    );
    server = await startJupyterServer({
      root: folder,
      jupyter: findJupyter(ROOT),
      env: { JUPYTER_PATH: join(folder, "share", "jupyter"), JUPYTER_CONFIG_DIR: folder, XDG_DATA_HOME: folder },
    });
    const serverSettings = ServerConnection.makeSettings({
      baseUrl: server.url,
      wsUrl: server.url.replace(/^http/, "ws"),
      token: server.token,
      appendToken: true,
    });
    kernels = new KernelManager({ serverSettings });
    sessions = new SessionManager({ serverSettings, kernelManager: kernels });
    const options = { path: "a.ipynb", name: "a.ipynb", type: "notebook", kernel: { name: "bpfbook" } };
    session = await sessions.startNew(options);
    kernel = session.kernel!;
    await kernel.info;
  });
  afterAll(async () => {
    await session?.shutdown();
    session?.dispose();
    sessions?.dispose();
    kernels?.dispose();
    await server?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  async function run(
    code: string,
    { on = kernel, input }: { on?: Kernel.IKernelConnection; input?: string } = {},
  ): Promise<Run> {
    const messages: KernelMessage.IIOPubMessage[] = [];
    const future = on.requestExecute({ code, stop_on_error: false, allow_stdin: input !== undefined });
    future.onIOPub = (message) => void messages.push(message);
    future.onStdin = ({ header }) =>
      on.sendInputReply({ status: "ok", value: input ?? "" }, header as KernelMessage.IHeader<"input_request">);
    const reply = await future.done;
    return { reply: reply.content, messages, text: textOf(messages) };
  }

  const textOf = (messages: readonly KernelMessage.IIOPubMessage[]): string =>
    messages
      .filter(({ header }) => header.msg_type === "stream")
      .map(({ content }) => (content as { text: string }).text)
      .join("");

  const resultOf = ({ messages }: Run): unknown => {
    const found = messages.find(({ header }) => header.msg_type === "execute_result");
    return (found?.content as { data: Record<string, unknown> } | undefined)?.data["text/plain"];
  };

  test("results, errors and input", async () => {
    expect(resultOf(await run("const six: number = 6; six * 7"))).toBe("42");
    expect((await run("throw new RangeError('made')")).reply).toMatchObject({ status: "error", ename: "RangeError" });
    expect(resultOf(await run("prompt('name? ').toUpperCase()", { input: "ada" }))).toBe("'ADA'");
  });

  test("queued cells: outputs in order, each in its own cell", async () => {
    const runs = await Promise.all(
      Array.from({ length: 20 }, (_, n) => run(`console.log("a${n}"); display(${n}); console.log("b${n}"); ${n}`)),
    );
    for (const [n, { messages }] of runs.entries()) {
      const kinds = messages.map(({ header }) => header.msg_type).filter((type) => type !== "status");
      expect(kinds).toEqual(["execute_input", "stream", "display_data", "stream", "execute_result"]);
      expect(textOf(messages)).toBe(`a${n}\nb${n}\n`);
    }
    const counts = runs.map(({ reply }) => Number(reply.execution_count));
    expect(counts).toEqual(counts.map((_, n) => counts[0]! + n));
  });

  test(`20,000 lines and ${NIGHT ? 100 : 25} MB of text arrive whole and in order`, async () => {
    const lines = await run("for (let n = 0; n < 20_000; n++) console.log(n)");
    expect(lines.text).toBe(Array.from({ length: 20_000 }, (_, n) => `${n}\n`).join(""));
    let size = 0;
    for (let cell = 0; cell < (NIGHT ? 4 : 1); cell++) {
      size += (await run("for (let n = 0; n < 25; n++) process.stdout.write('x'.repeat(1_000_000))")).text.length;
    }
    expect(size).toBe(NIGHT ? 100_000_000 : 25_000_000);
  });

  test.each([
    ["a spin loop", "for (;;);"],
    ["a promise that is never kept", "await new Promise(() => {});"],
    ["a loop that sleeps", "for (;;) await new Promise(r => setTimeout(r, 3));"],
    ["a regular expression", "/^(a+)+$/.test('a'.repeat(50) + 'b');"],
    ["a display method", "({ [Symbol.for('Jupyter.display')]() { for (;;); } })"],
  ])("%s ends on interrupt, and the state stays", async (_name, code) => {
    await run("var kept = 'kept';");
    const future = kernel.requestExecute({ code: `console.log("started");\n${code}` });
    const started = Promise.withResolvers<void>();
    future.onIOPub = ({ header }) => {
      if (header.msg_type === "stream") started.resolve();
    };
    await started.promise;
    await kernel.interrupt();
    expect((await future.done).content).toMatchObject({ status: "error", ename: "CellInterrupted" });
    expect(resultOf(await run("kept"))).toBe("'kept'");
  });

  test("a comm goes over a subshell of its own, and is answered while a cell waits", async () => {
    await run('import { slider } from "bpfbook/widgets"; slider({ label: "n", max: 10, value: 3 });');
    const waiting = run("await new Promise(r => setTimeout(r, 500)); 'waited'");
    const comm = kernel.createComm("jupyter.widget.control");
    const answer = Promise.withResolvers<unknown>();
    comm.onMsg = ({ content }) => answer.resolve(content.data["states"]);
    await comm.open().done;
    comm.send({ method: "request_states" });
    expect(JSON.stringify(await answer.promise)).toContain('"description":"n"');
    expect(kernel.supportsSubshells).toBe(true);
    const { content } = await kernel.requestListSubshell({}).done;
    expect(content.subshell_id).toHaveLength(1);
    expect(resultOf(await waiting)).toBe("'waited'");
    await comm.close().done;
  });

  test("a console on a subshell runs beside the notebook's cell", async () => {
    const { content } = await kernel.requestCreateSubshell({}).done;
    const other = kernel.clone();
    other.subshellId = content.subshell_id;
    const waiting = run("await new Promise(r => setTimeout(r, 300)); 'main'");
    const order: string[] = [];
    await Promise.all([
      waiting.then(() => order.push("main")),
      run("1 + 1", { on: other }).then((below) => order.push(String(resultOf(below)))),
    ]);
    expect(order).toEqual(["2", "main"]);
    other.dispose();
  });

  test("two front ends at once: each its own replies and outputs, both see all", async () => {
    const other = kernel.clone();
    const seen: string[] = [];
    await other.info;
    other.anyMessage.connect((_sender, { msg }) => void seen.push(msg.header.msg_type));
    const [first, second] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, (_, n) => run(`console.log("one ${n}"); ${n}`))),
      Promise.all(Array.from({ length: 10 }, (_, n) => run(`console.log("two ${n}"); ${n}`, { on: other }))),
    ]);
    expect(first.map(({ text }) => text)).toEqual(first.map((_, n) => `one ${n}\n`));
    expect(second.map(({ text }) => text)).toEqual(second.map((_, n) => `two ${n}\n`));
    expect(seen.filter((type) => type === "execute_input")).toHaveLength(20);
    other.dispose();
  });

  test("the debugger stops at a breakpoint and goes on", async () => {
    const code = "function half(n: number) {\n  const h = n / 2;\n  return h;\n}\nhalf(10)";
    const ask = async (command: string, args: object = {}) =>
      (await kernel.requestDebug({ seq: 1, type: "request", command, arguments: args }).done).content as {
        body: Record<string, unknown>;
      };
    const stopped = Promise.withResolvers<void>();
    kernel.iopubMessage.connect((_sender, { header, content }) => {
      if (header.msg_type === "debug_event" && (content as { event: string }).event === "stopped") stopped.resolve();
    });
    await ask("initialize");
    await ask("attach");
    const { body } = await ask("dumpCell", { code });
    await ask("setBreakpoints", { source: { path: body["sourcePath"] }, breakpoints: [{ line: 3 }] });
    const running = run(code);
    await stopped.promise;
    const { body: trace } = await ask("stackTrace", { threadId: 1 });
    expect((trace["stackFrames"] as { line: number }[])[0]).toMatchObject({ line: 3 });
    await ask("continue", { threadId: 1 });
    expect(resultOf(await running)).toBe("5");
    await ask("disconnect");
  });

  test(`${NIGHT ? 1000 : 25} cells, each with a name of the one before`, async () => {
    await run("const v0 = 0;");
    for (let n = 1; n <= (NIGHT ? 1000 : 25); n++) {
      expect(resultOf(await run(`const v${n}: number = v${n - 1} + 1; v${n}`))).toBe(String(n));
    }
  });

  test("a crash is an error in its cell; a restart forgets all, and the next cell runs", async () => {
    await run("var before = 1;");
    expect((await run("process.kill(process.pid, 'SIGSEGV'); await new Promise(() => {});")).reply).toMatchObject({
      status: "error",
      ename: "ProcessCrashError",
    });
    expect(resultOf(await run("1 + 1"))).toBe("2");
    await run("var again = 1;");
    await kernel.restart();
    const gone = await run("again");
    expect(gone.reply).toMatchObject({ status: "error", ename: "TypeCheckError" });
    expect(resultOf(await run("2 + 2"))).toBe("4");
  });
});
