import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { encodeFrame, FrameReader } from "../../kernel/runtime/frames.ts";
import { createRingMemory, RingConsumer, RingProducer } from "../../kernel/runtime/ring.ts";
import { OutputBatcher } from "../../kernel/session/output-batcher.ts";
import { Outputs } from "../../kernel/session/outputs.ts";
import { createHeader } from "../../kernel/wire/message.ts";

describe("frames", () => {
  test("messages survive any cutting of the bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue())), fc.array(fc.nat(40)), (messages, cuts) => {
        const expected = JSON.parse(JSON.stringify(messages));
        const bytes = Buffer.from(messages.map(encodeFrame).join(""));
        const reader = new FrameReader<object>();
        const read: object[] = [];
        let at = 0;
        for (const size of [...cuts, bytes.length]) {
          read.push(...reader.read(bytes.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(expected);
      }),
    );
  });

  test("a frame that was cut off costs only itself", () => {
    const reader = new FrameReader<{ n: number }>();
    const bytes = Buffer.from(`${encodeFrame({ n: 1 })}${encodeFrame({ n: 2 }).slice(0, 4)}${encodeFrame({ n: 3 })}`);
    expect(reader.read(bytes)).toEqual([{ n: 1 }, { n: 3 }]);
  });

  test("bytes that are no frame are skipped", () => {
    expect(
      new FrameReader().read(Buffer.from(`noise\n\u001e{broken\n\u001enull\n\u001e5\n${encodeFrame({ ok: true })}`)),
    ).toEqual([{ ok: true }]);
  });
});

describe("ring", () => {
  const takeAll = (ring: RingConsumer): string => {
    const parts: Buffer[] = [];
    while (ring.take((bytes) => parts.push(Buffer.from(bytes))));
    return Buffer.concat(parts).toString();
  };

  test("text comes out as it went in, also across the end of the memory", () => {
    const memory = createRingMemory();
    const [producer, consumer] = [new RingProducer(memory), new RingConsumer(memory)];
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: "grapheme", maxLength: 50_000, size: "max" }), { maxLength: 6 }),
        (texts) => {
          for (const text of texts) producer.write(text);
          // Lone surrogates cannot be UTF-8; JSON never contains them unescaped.
          expect(takeAll(consumer)).toBe(Buffer.from(texts.join("")).toString());
        },
      ),
      { numRuns: 60 },
    );
  });

  test("a writer that is ahead waits for the reader: nothing is lost", async () => {
    const memory = createRingMemory();
    const worker = new Worker(
      `
      const { workerData } = require("node:worker_threads");
      import(workerData.module).then(({ RingProducer }) => {
        const ring = new RingProducer(workerData.memory);
        for (let n = 0; n < 40000; n++) ring.write("line " + n + " " + "x".repeat(n % 200) + "\\n");
        ring.write("y".repeat(3_000_000) + "\\n");
        ring.drain(20_000);
      });
      `,
      {
        eval: true,
        execArgv: ["--disable-warning=ExperimentalWarning"],
        workerData: { memory, module: fileURLToPath(new URL("../../kernel/runtime/ring.ts", import.meta.url)) },
      },
    );
    const consumer = new RingConsumer(memory);
    let text = "";
    let ended = false;
    worker.once("exit", () => (ended = true));
    while (!ended) {
      text += takeAll(consumer);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const lines = text.split("\n");
    expect(lines).toHaveLength(40_002);
    expect(
      lines
        .slice(0, -2)
        .every((line, n) => line.startsWith(`line ${n} `) && line.length === `line ${n} `.length + (n % 200)),
    ).toBe(true);
    expect(lines.at(-2)).toHaveLength(3_000_000);
  });

  test("a reader that waits is woken", async () => {
    const memory = createRingMemory();
    const waiting = new RingConsumer(memory).wait();
    new RingProducer(memory).write("x");
    await waiting;
    expect(takeAll(new RingConsumer(memory))).toBe("x");
  });

  test("draining gives up in time when nobody reads", () => {
    const producer = new RingProducer(createRingMemory());
    producer.write("x");
    producer.drain(5);
  });
});

describe("batching", () => {
  const sent: [string, string, string][] = [];
  const batcher = new OutputBatcher((cell, name, text) => sent.push([cell, name, text]));
  beforeEach(() => {
    vi.useFakeTimers();
    sent.length = 0;
  });
  afterEach(() => {
    batcher.flush();
    vi.useRealTimers();
  });

  test("lines are collected for 50 ms", () => {
    batcher.write("1", "stdout", "a\n");
    vi.advanceTimersByTime(49);
    batcher.write("1", "stdout", "b\n");
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(sent).toEqual([["1", "stdout", "a\nb\n"]]);
  });

  test("another stream or another cell keeps its place in the order", () => {
    batcher.write("1", "stdout", "a");
    batcher.write("1", "stderr", "b");
    batcher.write("1", "stdout", "c");
    batcher.write("2", "stdout", "d");
    batcher.flush();
    expect(sent.map(([cell, , text]) => cell + text)).toEqual(["1a", "1b", "1c", "2d"]);
  });

  test("20,000 lines are fewer than 50 messages, and none is lost", () => {
    for (let n = 0; n < 20_000; n++) batcher.write("1", "stdout", `line ${n}\n`);
    batcher.flush();
    expect(sent.length).toBeLessThan(50);
    expect(
      sent
        .map(([, , text]) => text)
        .join("")
        .split("\n"),
    ).toHaveLength(20_001);
  });

  test("nothing to flush sends nothing", () => {
    batcher.flush();
    vi.advanceTimersByTime(200);
    expect(sent).toEqual([]);
  });
});

describe("outputs", () => {
  const open = () => {
    const published: { type: string; parent: string | undefined; content: Record<string, unknown> }[] = [];
    const outputs = new Outputs((type, parent, content) =>
      published.push({ type, parent: parent?.msg_id, content: content as Record<string, unknown> }),
    );
    const [first, second] = [createHeader("execute_request", "s"), createHeader("execute_request", "s")];
    outputs.open("1", { parent: first, count: 1, silent: false });
    outputs.open("2", { parent: second, count: 2, silent: true });
    return { published, outputs, first: first.msg_id, second: second.msg_id };
  };

  test("late output goes to the cell that made it", () => {
    const { published, outputs, first, second } = open();
    outputs.handle({ type: "stream", cell: "2", name: "stdout", text: "two" });
    outputs.handle({ type: "stream", cell: "1", name: "stdout", text: "one" });
    outputs.flush();
    expect(published.map(({ parent, content }) => [parent, content["text"]])).toEqual([
      [second, "two"],
      [first, "one"],
    ]);
  });

  test("text that was written before a display is published before it", () => {
    const { published, outputs } = open();
    outputs.handle({ type: "stream", cell: "1", name: "stdout", text: "before" });
    outputs.handle({ type: "display", cell: "1", data: { "text/plain": "x" }, id: "d" });
    outputs.handle({ type: "update", cell: "1", data: { "text/plain": "y" }, id: "d" });
    outputs.handle({ type: "clear", cell: "1", wait: true });
    expect(published.map(({ type }) => type)).toEqual([
      "stream",
      "display_data",
      "update_display_data",
      "clear_output",
    ]);
    expect(published[1]!.content["transient"]).toEqual({ display_id: "d" });
  });

  test("a silent cell publishes no result but its errors", () => {
    const { published, outputs } = open();
    outputs.handle({ type: "result", cell: "2", data: { "text/plain": "x" } });
    outputs.error("2", { ename: "E", evalue: "v", traceback: [] });
    expect(published.map(({ type }) => type)).toEqual(["error"]);
  });

  test("output of nobody belongs to the last cell", () => {
    const { published, outputs, second } = open();
    outputs.handleRaw("stderr", "native");
    outputs.flush();
    expect(published).toMatchObject([{ type: "stream", parent: second, content: { name: "stderr", text: "native" } }]);
  });

  test("an unknown cell loses its parent, not its output", () => {
    const { published, outputs } = open();
    outputs.handle({ type: "error", cell: "99", error: { ename: "E", evalue: "", traceback: [] }, late: true });
    expect(published).toMatchObject([{ type: "error", parent: undefined }]);
  });
});

test("events of a worker are not needed to end the suite", async () => {
  // Guards against a waitAsync that keeps a process alive: a worker that only waits on a ring ends by itself.
  const worker = new Worker(
    `import(${JSON.stringify(new URL("../../kernel/runtime/ring.ts", import.meta.url).href)}).then(({ RingConsumer, createRingMemory }) => { new RingConsumer(createRingMemory()).wait(); });`,
    { eval: true, execArgv: ["--disable-warning=ExperimentalWarning"] },
  );
  expect(await once(worker, "exit")).toEqual([0]);
});
