import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { UNWINDING_BYTES, Unwinding } from "../../kernel/runtime/unwinding.ts";

/** Both threads' ends of one memory. */
function ends(): { main: Unwinding; worker: Unwinding } {
  const memory = new SharedArrayBuffer(UNWINDING_BYTES);
  return { main: new Unwinding(memory), worker: new Unwinding(memory) };
}

test("an interrupt is answered once, and needs no unwinding then", () => {
  const { main, worker } = ends();
  expect(worker.isAnswered(1)).toBe(false);
  expect(main.answer(1)).toBe(true);
  expect(main.answer(1)).toBe(false);
  expect(worker.isAnswered(1)).toBe(true);
  expect(worker.begin(1)).toBe(false);
});

test("while the worker unwinds, the main thread answers nothing; afterwards it does", () => {
  const { main, worker } = ends();
  main.answer(1);
  expect(worker.begin(2)).toBe(true);
  expect(worker.begin(3)).toBe(false);
  expect([main.answer(2), worker.isAnswered(2)]).toEqual([false, false]);
  worker.end();
  expect(worker.isAnswered(1)).toBe(true);
  expect([main.answer(2), worker.isAnswered(2)]).toEqual([true, true]);
});

test("a later interrupt answers the earlier ones", () => {
  const { main, worker } = ends();
  expect(main.answer(3)).toBe(true);
  expect(worker.isAnswered(2)).toBe(true);
  expect(main.answer(2)).toBe(false);
});

test("the main thread waits the moment until the worker has heard that its unwinding is over", async () => {
  const memory = new SharedArrayBuffer(UNWINDING_BYTES);
  const [main, worker] = [new Unwinding(memory), new Unwinding(memory)];
  expect(worker.begin(1)).toBe(true);
  const other = new Worker(
    `const { workerData } = require("node:worker_threads");
     const word = new Int32Array(workerData);
     setTimeout(() => { Atomics.store(word, 0, ~Atomics.load(word, 0)); Atomics.notify(word, 0); }, 1);`,
    { eval: true, workerData: memory },
  );
  await new Promise((resolve) => other.once("online", resolve));
  // By when the other thread gets to it nobody knows; each try waits for it, and none answers twice.
  let answered = main.answer(1);
  for (let tries = 0; !answered && tries < 500; tries++) answered = main.answer(1);
  expect([answered, main.answer(1)]).toEqual([true, false]);
  await other.terminate();
});

test("the worker sees whether the main thread is in a cell's own slice", () => {
  const { main, worker } = ends();
  expect(worker.inSlice).toBe(false);
  main.inSlice = true;
  expect(worker.inSlice).toBe(true);
  main.inSlice = false;
  expect(worker.inSlice).toBe(false);
});
