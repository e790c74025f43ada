import { expect, test } from "vitest";
import { DISPLAY, type Displayable } from "../../src/plot/displayable.ts";
import { register, render } from "../../src/plot/registry.ts";

test("a class shows itself by the renderer registered for its kind", () => {
  class Counter implements Displayable {
    readonly n = 3;
    [DISPLAY]() {
      return render("test-counter", this);
    }
  }
  register("test-counter", (counter: Counter) => ({ "text/plain": `count ${counter.n}` }));
  expect(new Counter()[DISPLAY]()).toEqual({ "text/plain": "count 3" });
});

test("a later registration replaces an earlier one", () => {
  register("test-replaced", () => ({ "text/plain": "first" }));
  register("test-replaced", () => ({ "text/plain": "second" }));
  expect(render("test-replaced", {})).toEqual({ "text/plain": "second" });
});

test("an asynchronous renderer is passed through", async () => {
  register("test-async", async () => ({ "text/plain": "later" }));
  expect(await render("test-async", {})).toEqual({ "text/plain": "later" });
});

test.each([
  [{ name: "sizes" }, "[test-unknown] sizes"],
  [{ name: "" }, "[test-unknown]"],
  [{ name: 5 }, "[test-unknown]"],
  [null, "[test-unknown] null"],
  [17n, "[test-unknown] 17"],
  [Symbol.iterator, "[test-unknown] Symbol(Symbol.iterator)"],
])("a kind that nobody registered is plain text: %o", (value, text) => {
  expect(render("test-unknown", value)).toEqual({ "text/plain": text });
});
