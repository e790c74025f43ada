import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import { O_CREAT, O_RDONLY, O_RDWR, O_TRUNC, O_WRONLY } from "../../src/linux/open.ts";
import type { Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import { workloads } from "../../src/linux/workloads/index.ts";
import { machine } from "./record.ts";

/** What a random process does, one step at a time. */
type Step =
  | { kind: "read" | "write"; fd: number; count: number }
  | { kind: "open"; path: number; flags: number }
  | { kind: "close"; fd: number }
  | { kind: "compute" | "sleep"; ns: number };

const fd = fc.integer({ min: 0, max: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("read" as const, "write" as const),
    fd,
    count: fc.integer({ min: 0, max: 300_000 }),
  }),
  fc.record({
    kind: fc.constant("open" as const),
    path: fc.integer({ min: 0, max: 5 }),
    flags: fc.constantFrom(O_RDONLY, O_WRONLY, O_RDWR, O_RDWR | O_CREAT, O_WRONLY | O_CREAT | O_TRUNC),
  }),
  fc.record({ kind: fc.constant("close" as const), fd }),
  fc.record({
    kind: fc.constantFrom("compute" as const, "sleep" as const),
    ns: fc.integer({ min: 1, max: 4_000_000 }),
  }),
);

const path = (index: number) => `/data/file${index}`;

/** Steps as a program that notes how each read ended. */
function* perform(sys: Sys, steps: readonly Step[], results: number[]): UserCode {
  for (const one of steps) {
    switch (one.kind) {
      case "read":
      case "write":
        results.push(yield sys[one.kind](one.fd, one.count));
        break;
      case "open":
        results.push(yield sys.openat(path(one.path), one.flags));
        break;
      case "close":
        results.push(yield sys.close(one.fd));
        break;
      case "compute":
        yield sys.compute(one.ns);
        break;
      case "sleep":
        yield sys.nanosleep(one.ns);
        break;
      default:
        one satisfies never;
    }
  }
}

/** The same steps in a model: files with sizes, descriptors with positions. */
function expected(steps: readonly Step[], sizes: Map<string, number>): readonly number[] {
  const files: ({ path: string; flags: number; at: number } | undefined)[] = [];
  const results: number[] = [];
  for (const one of steps) {
    if (one.kind === "open") {
      const name = path(one.path);
      if (!sizes.has(name) && (one.flags & O_CREAT) === 0) results.push(-2);
      else {
        if ((one.flags & O_TRUNC) !== 0) sizes.set(name, 0);
        sizes.set(name, sizes.get(name) ?? 0);
        const free = files.indexOf(undefined);
        const slot = free < 0 ? files.length : free;
        files[slot] = { path: name, flags: one.flags, at: 0 };
        results.push(slot);
      }
    } else if (one.kind === "close") {
      results.push(files[one.fd] === undefined ? -9 : 0);
      if (files[one.fd] !== undefined) files[one.fd] = undefined;
    } else if (one.kind === "read" || one.kind === "write") {
      const file = files[one.fd];
      const mode = file === undefined ? -1 : file.flags & 3;
      const forbidden = one.kind === "read" ? O_WRONLY : O_RDONLY;
      if (file === undefined || mode === forbidden) results.push(-9);
      else {
        const size = sizes.get(file.path)!;
        const bytes = one.kind === "read" ? Math.max(0, Math.min(one.count, size - file.at)) : one.count;
        file.at += bytes;
        if (one.kind === "write" && bytes > 0) sizes.set(file.path, Math.max(size, file.at));
        results.push(bytes);
      }
    }
  }
  return results;
}

describe("files", () => {
  it("give back what POSIX says, whatever a process does", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 1, max: 3 }), (steps, cpus) => {
        const linux = new Linux({ cpus });
        const sizes = new Map([
          [path(0), 10_000],
          [path(1), 700_000],
          [path(2), 0],
        ]);
        for (const [name, size] of sizes) linux.files.create(name, size);
        const results: number[] = [];
        linux.process({ comm: "random", program: (sys) => perform(sys, steps, results) });
        linux.runUntil(2_000_000_000);
        expect(results).toEqual(expected(steps, sizes));
        expect(linux.tasks()).toEqual([]);
        for (const [name, size] of sizes) expect(linux.files.lookup(name)?.size).toBe(size);
      }),
      { numRuns: 60 },
    );
  });
});

describe("several processes", () => {
  it("finish all they do, and leave every stack and every wait empty", () => {
    fc.assert(
      fc.property(fc.array(fc.array(step, { maxLength: 25 }), { minLength: 2, maxLength: 6 }), (scripts) => {
        const linux = new Linux({ cpus: 2 });
        for (let i = 0; i < 3; i++) linux.files.create(path(i), 200_000 * i);
        const finished: number[] = [];
        for (const [index, steps] of scripts.entries()) {
          linux.process({
            comm: `p${index}`,
            *program(sys) {
              yield* perform(sys, steps, []);
              // No function of Linux is left on the stack when a program runs.
              expect(sys.task.kernelDepth).toBe(0);
              expect(sys.task.userDepth).toBe(1);
              finished.push(index);
            },
          });
        }
        linux.runUntil(5_000_000_000);
        expect(finished.sort()).toEqual(scripts.map((_, index) => index));
        expect(linux.tasks()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("get through a pipe exactly what was put into it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 200_000 }), { maxLength: 12 }),
        fc.integer({ min: 1, max: 150_000 }),
        (writes, count) => {
          const linux = new Linux();
          let received = 0;
          let ended = false;
          linux.process({
            comm: "writer",
            *program(sys) {
              const pipe: number[] = [];
              yield sys.pipe(pipe);
              yield sys.fork(function* (child) {
                yield child.close(pipe[1]!);
                for (let bytes = 1; bytes > 0; received += bytes) bytes = yield child.read(pipe[0]!, count);
                ended = true;
              });
              yield sys.close(pipe[0]!);
              for (const bytes of writes) expect(yield sys.write(pipe[1]!, bytes)).toBe(bytes);
              yield sys.close(pipe[1]!);
              expect(yield sys.wait()).toBe(1001);
              expect(yield sys.wait()).toBe(-10);
            },
          });
          linux.runUntil(3_000_000_000);
          expect({ received, ended }).toEqual({ received: writes.reduce((a, b) => a + b, 0), ended: true });
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("a web server", () => {
  it("reads every byte that clients sent, and answers each", () => {
    const linux = new Linux({ seed: 3 });
    linux.spawn(workloads.webServer({ rate: 1 }));
    linux.runUntil(4_000_000);
    const requests = 300;
    let answered = 0;
    let bytes = 0;
    for (let i = 0; i < requests; i++) {
      linux.network.request(5_000_000 + i * 100_000, 80, 100 + i, {
        received: (count) => void (bytes += count),
        closed: () => void answered++,
      });
    }
    linux.runUntil(900_000_000);
    expect(answered).toBe(requests);
    expect(bytes).toBeGreaterThan(requests * 230);
    // Descriptors: the listener and the log, nothing left open.
    for (const task of linux.tasks().slice(1)) expect(task.files.entries().map(([fd]) => fd)).toEqual([0, 1]);
  });

  it("keeps a bounded number of pages in memory and reads from the disk again", () => {
    const linux = machine(workloads.webServer({ files: 3000, size: 60_000, rate: 1500 }));
    linux.runUntil(1_000_000_000);
    const requests = linux.disk.requests;
    linux.runUntil(3_000_000_000);
    expect(linux.disk.requests).toBeGreaterThan(requests + 100);
    const resident = linux.files.list().reduce((sum, { pages }) => sum + pages.resident, 0);
    expect(resident).toBeGreaterThan(5000);
    expect(resident).toBeLessThan(16_384 + 64);
  });
});
