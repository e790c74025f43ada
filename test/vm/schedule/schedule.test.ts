import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FIRST_OFFSET } from "../../../src/memory/memory.ts";
import { interpret } from "../../../src/vm/interpreter/interpret.ts";
import { type ExploreOptions, explore } from "../../../src/vm/schedule/explore.ts";
import { Interleaving } from "../../../src/vm/schedule/interleaving.ts";
import { ScheduleError } from "../../../src/vm/schedule/schedule.ts";
import { unverified } from "../../../src/vm/unverified.ts";
import { bareEnvironment, rawProgram } from "../support.ts";

/** Programs that share 32 bytes of memory, one a CPU. */
function share(...texts: string[]) {
  const { host, environment } = bareEnvironment({ cpus: texts.length });
  const context = host.memory.allocate(32);
  const seen: number[] = [];
  const runs = texts.map((text) => ({
    program: interpret(unverified(rawProgram(text)), environment, [], { budget: 10_000 }),
    ...{ context, length: 32 },
  }));
  const both = new Interleaving(environment, runs, { onCpu: (cpu) => seen.push(cpu) });
  const word = (at: number) => host.memory.u32[(context + at) >> 2]!;
  return { host, environment, both, context, word, seen };
}

const COUNT = "r2 = *(u64 *)(r1 + 0)\nr2 += 1\n*(u64 *)(r1 + 0) = r2\nr0 = 0\nexit";
const ATOMIC = "r2 = 1\nlock *(u64 *)(r1 + 0) += r2\nr0 = 0\nexit";
const LOCKED = `r6 = r1
r1 += 8
call spin_lock
r2 = *(u64 *)(r6 + 0)
r2 += 1
*(u64 *)(r6 + 0) = r2
r1 = r6
r1 += 8
call spin_unlock
r0 = 0
exit`;

/** Takes the lock at one place, then the one at another, and frees both. */
const twoLocks = (first: number, second: number) => `r6 = r1
r1 += ${first}
call spin_lock
r1 = r6
r1 += ${second}
call spin_lock
r1 = r6
r1 += ${second}
call spin_unlock
r1 = r6
r1 += ${first}
call spin_unlock
r0 = 0
exit`;

const found = (texts: string[], options: ExploreOptions = {}) => {
  const { both, word } = share(...texts);
  return explore(both, { observe: () => String(word(0)), ...options });
};

describe("exploring all schedules", () => {
  test("finds the lost update, and the shortest way to it", () => {
    const { outcomes, complete } = found([COUNT, COUNT]);
    expect(complete).toBe(true);
    expect(outcomes.map(({ kind, observed, preemptions }) => [kind, observed, preemptions])).toEqual([
      ["done", "2", 0],
      ["done", "1", 1],
    ]);
  });

  test("its schedule leads there again, step by step and back", () => {
    const lost = found([COUNT, COUNT]).outcomes[1]!;
    const { both, word } = share(COUNT, COUNT);
    both.follow(lost.schedule);
    expect(word(0)).toBe(1);
    expect(both.ready).toEqual([]);
    expect(both.schedule).toEqual(lost.schedule);
    both.backTo(0);
    expect(word(0)).toBe(0);
    expect(both.ready).toEqual([0, 1]);
  });

  test.each([
    ["an atomic addition", ATOMIC],
    ["a spin lock", LOCKED],
  ])("%s loses nothing", (_, text) => {
    const { outcomes, complete } = found([text, text]);
    expect(complete).toBe(true);
    expect(outcomes.map(({ kind, observed }) => [kind, observed])).toEqual([["done", "2"]]);
  });

  test("a value of its own for each CPU loses nothing: nobody else touches it", () => {
    const own = (at: number) => COUNT.replaceAll("r1 + 0", `r1 + ${at}`);
    const { both, word } = share(own(0), own(8));
    const { outcomes } = explore(both, { observe: () => `${word(0)} ${word(8)}` });
    expect(outcomes.map(({ observed }) => observed)).toEqual(["1 1"]);
  });

  test("three CPUs that count lose one or two", () => {
    const { outcomes, complete } = found([COUNT, COUNT, COUNT]);
    expect(complete).toBe(true);
    expect(outcomes.map(({ observed }) => observed).sort()).toEqual(["1", "2", "3"]);
  });

  test("finds the deadlock of two locks, and names who waits for whom", () => {
    const { both, context, host } = share(twoLocks(8, 16), twoLocks(16, 8));
    const { outcomes } = explore(both);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "deadlock"]);
    const lock = (at: number) => host.memory.address(context + at);
    expect(outcomes[1]!.waits).toEqual([
      { cpu: 0, lock: lock(16), holder: 1 },
      { cpu: 1, lock: lock(8), holder: 0 },
    ]);
    expect(outcomes[1]!.preemptions).toBe(1);
    both.follow(outcomes[1]!.schedule);
    expect([both.status(0).kind, both.status(1).kind]).toEqual(["waiting", "waiting"]);
  });

  test("locks in the same order never deadlock; a lock taken twice always does", () => {
    expect(found([twoLocks(8, 16), twoLocks(8, 16)]).outcomes.map(({ kind }) => kind)).toEqual(["done"]);
    const twice = found([twoLocks(8, 8)]).outcomes;
    expect(twice.map(({ kind, waits }) => [kind, waits.map(({ cpu, holder }) => [cpu, holder])])).toEqual([
      ["deadlock", [[0, 0]]],
    ]);
  });

  test("shows that stores to two places are seen in one order here: the machine has no store buffers", () => {
    const store = (own: number, other: number) => `*(u32 *)(r1 + ${own}) = 1\nr0 = *(u32 *)(r1 + ${other})\nexit`;
    const results = found([store(0, 8), store(8, 0)], { observe: () => "" }).outcomes.map(({ results }) =>
      results.join(),
    );
    expect(results.sort()).toEqual(["0,1", "1,0", "1,1"]);
  });

  test("a wild access that only some schedules reach is an outcome with its error", () => {
    const writer = "r2 = 99\n*(u64 *)(r1 + 8) = r2\n*(u64 *)(r1 + 8) = 0\nr0 = 0\nexit";
    const reader = "r2 = *(u64 *)(r1 + 8)\nif r2 == 0 goto +1\nr0 = *(u8 *)(r2 + 0)\nr0 = 0\nexit";
    const { outcomes } = found([writer, reader]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(["done", "error"]);
    expect(outcomes[1]!.error).toMatch(/instruction 2: 1 byte at 0x63 is in no memory/);
  });

  test("waiting for a flag by spinning ends; what never ends is not complete", () => {
    const wait = "1: r2 = *(u32 *)(r1 + 0)\nif r2 == 0 goto 1b\nr0 = 5\nexit";
    const set = "*(u32 *)(r1 + 0) = 1\nr0 = 0\nexit";
    expect(found([wait, set], { observe: () => "" }).outcomes.map(({ results }) => results.join())).toEqual(["5,0"]);
    const forever = found(["1: r2 += 1\n*(u64 *)(r1 + 0) = r2\ngoto 1b\nexit"], { states: 50 });
    expect(forever).toMatchObject({ complete: false, outcomes: [] });
  });

  test("a bound on preemptions is kept and told", () => {
    const { outcomes, complete } = found([COUNT, COUNT], { preemptions: 0 });
    expect(complete).toBe(false);
    expect(outcomes.map(({ observed }) => observed)).toEqual(["2"]);
  });

  test("leaves memory as it was, also when observing allocates", () => {
    const { both, host, environment, seen } = share(LOCKED, COUNT);
    const everything = () => [
      Buffer.from(host.memory.u8.slice(FIRST_OFFSET)).toString("latin1"),
      host.memory.allocatorState(),
    ];
    const before = everything();
    explore(both, { observe: () => String(host.memory.free(host.memory.allocate(64), 64)) });
    both.close();
    expect(everything()).toEqual(before);
    expect([environment.cpu, seen.at(-1), seen.includes(1)]).toEqual([0, 0, true]);
  });
});

describe("given and random schedules", () => {
  test("every outcome of a random schedule is one that the exploration found", () => {
    const twice = COUNT.replace("r0 = 0\nexit", COUNT);
    const programs = [twice, ATOMIC, LOCKED];
    const all = new Set(found(programs).outcomes.map(({ observed }) => observed));
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1000)), (numbers) => {
        const { both, word } = share(...programs);
        both.random(() => numbers.next().value);
        expect(both.ready).toEqual([]);
        expect(all.has(String(word(0)))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test("going back over any schedule brings the beginning again", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1), { maxLength: 30 }), (cpus) => {
        const { both, host, word } = share(LOCKED, LOCKED);
        const before = host.memory.u8.slice(FIRST_OFFSET, host.memory.allocatorState().top);
        for (const cpu of cpus) both.step(cpu);
        const { schedule, executed } = both;
        const count = word(0);
        both.backTo(0);
        expect(host.memory.u8.slice(FIRST_OFFSET, host.memory.allocatorState().top)).toEqual(before);
        both.follow(schedule);
        expect([both.executed, word(0)]).toEqual([executed, count]);
      }),
      { numRuns: 30 },
    );
  });

  test("a schedule that cannot be followed says where", () => {
    const { both } = share(LOCKED, LOCKED);
    expect(() =>
      both.follow([
        { cpu: 0, steps: 3 },
        { cpu: 1, steps: 3 },
      ]),
    ).toThrow(new ScheduleError(1, "CPU 1 cannot execute instruction 3 of 3: it is waiting"));
    expect(() => both.follow([{ cpu: 2, steps: 1 }])).toThrow(/there is no CPU 2/);
    expect(both.status(1)).toMatchObject({ kind: "waiting", holder: 0 });
  });
});
