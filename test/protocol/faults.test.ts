import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { KernelClient, resultText, streamText } from "./kernel-client.ts";

let kernel: KernelClient;
beforeAll(async () => {
  kernel = await KernelClient.start();
});
afterAll(async () => {
  await kernel.stop();
});

describe("cells that break things", () => {
  test("a cell may replace built-ins that the kernel itself is made of", async () => {
    const other = await KernelClient.start();
    try {
      await other.execute(`
        JSON.stringify = () => "broken";
        JSON.parse = () => { throw new Error("broken") };
        Promise.prototype.then = () => new Promise(() => {});
        console.log("replaced")`);
      const answer = await other.execute("console.log('still here'); display('shown'); 6 * 7");
      expect(answer.reply).toMatchObject({ status: "ok" });
      expect(streamText(answer)).toBe("still here\n");
      expect(resultText(answer)).toBe("42");
      // The parser of cells lives beside them and needs a working `push`: it may go wrong now, but nothing hangs.
      await other.execute("Array.prototype.push = () => 0;");
      expect((await other.execute("[1, 2]")).reply).toHaveProperty("status");
    } finally {
      await other.stop();
    }
  });

  test("endless output is cut, once, with a note, and the cell goes on", async () => {
    const answer = await kernel.execute(`
      const megabyte = "x".repeat(2 ** 20);
      for (let i = 0; i < 40; i++) console.log(megabyte);
      "end"`);
    const text = streamText(answer);
    expect(text.length).toBeLessThan(33 * 2 ** 20);
    expect(text.split("is not shown")).toHaveLength(2);
    expect(resultText(answer)).toBe("'end'");
    expect(streamText(await kernel.execute("console.log('the next cell')"))).toBe("the next cell\n");
  });

  test("memory without end: a clear error, and the kernel goes on", async () => {
    const other = await KernelClient.start({ BPFBOOK_MEMORY: "100" });
    try {
      const answer = await other.execute("const all: object[] = []; for (;;) all.push({ n: all.length });");
      expect(answer.reply).toMatchObject({ status: "error", ename: "OutOfMemoryError" });
      expect(resultText(await other.execute("1 + 1"))).toBe("2");
    } finally {
      await other.stop();
    }
  });
});

test("a kernel that is told not to check types runs what they would stop, and completes all the same", async () => {
  const other = await KernelClient.start({ BPFBOOK_CHECK: "off" });
  try {
    expect(resultText(await other.execute("const n: number = 'text'; n"))).toBe("'text'");
    const { reply } = await other.request("complete_request", { code: "n.toFi", cursor_pos: 6 });
    expect(reply["matches"]).toContain("toFixed");
  } finally {
    await other.stop();
  }
});

describe("requests that cannot be served", () => {
  test("an execute_request without code is answered and not counted", async () => {
    const count = Number((await kernel.execute("1")).reply["execution_count"]);
    const { reply } = await kernel.request("execute_request", {});
    expect(reply).toMatchObject({ status: "error", ename: "RequestError", execution_count: count });
    expect((await kernel.execute("2")).reply["execution_count"]).toBe(count + 1);
  });

  test("history of an unknown kind says which there are", async () => {
    const { reply } = await kernel.request("history_request", { hist_access_type: "everything" });
    expect(reply).toMatchObject({ status: "error", evalue: 'hist_access_type is "range", "tail" or "search"' });
  });

  test.each([
    ["get", "new Proxy({}, { get() { throw new Error('no such field'); } })"],
    ["a getter of the display", "({ get [Symbol.for('Jupyter.display')]() { throw new Error('no'); } })"],
  ])("a value that throws when it is looked at (%s) ends its cell", async (_, code) => {
    expect(["ok", "error"]).toContain((await kernel.execute(code)).reply["status"]);
    expect(resultText(await kernel.execute("1 + 1"))).toBe("2");
  });
});
