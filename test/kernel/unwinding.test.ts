import { expect, test } from "vitest";
import { Unwinding } from "../../kernel/runtime/unwinding.ts";

/** Both threads' ends of one memory. */
function ends(): { main: Unwinding; worker: Unwinding } {
  const memory = new SharedArrayBuffer(4);
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
