import { describe, expect, it } from "vitest";
import { Linux } from "../../src/linux/linux.ts";
import type { UserCode } from "../../src/linux/task.ts";

/** Runs a program to its end, and gives what it noted. */
function run(
  program: (note: (value: number) => void) => (sys: import("../../src/linux/sys.ts").Sys) => UserCode,
): number[] {
  const linux = new Linux();
  const notes: number[] = [];
  linux.process({ comm: "pair", program: program((value) => notes.push(value)) });
  linux.runUntil(1e9);
  return notes;
}

describe("sockets of the family AF_UNIX", () => {
  it("carry bytes both ways, in order, and a read takes what is there", () => {
    const notes = run(
      (note) =>
        function* (sys) {
          const ends: number[] = [];
          note(yield sys.socketpair(ends));
          note(yield sys.write(ends[0]!, 10));
          note(yield sys.write(ends[0]!, 20));
          note(yield sys.read(ends[1]!, 4));
          note(yield sys.read(ends[1]!, 100));
          note(yield sys.write(ends[1]!, 7));
          note(yield sys.read(ends[0]!, 100));
        },
    );
    expect(notes).toEqual([0, 10, 20, 4, 26, 7, 7]);
  });

  it("make a reader wait for the other end, and end where it is closed", () => {
    const notes = run(
      (note) =>
        function* (sys) {
          const ends: number[] = [];
          yield sys.socketpair(ends);
          yield sys.fork(function* (child): UserCode {
            yield child.close(ends[1]!);
            yield child.nanosleep(5e6);
            yield child.write(ends[0]!, 3);
          });
          yield sys.close(ends[0]!);
          note(yield sys.read(ends[1]!, 100));
          note(yield sys.read(ends[1]!, 100));
          note(yield sys.write(ends[1]!, 1));
          note(yield sys.lseek(ends[1]!, 0, 0));
        },
    );
    expect(notes).toEqual([3, 0, -32, -29]);
  });

  it("make a writer wait for room", () => {
    const notes = run(
      (note) =>
        function* (sys) {
          const ends: number[] = [];
          yield sys.socketpair(ends);
          yield sys.fork(function* (child): UserCode {
            for (let at = 0; at < 5; at++) {
              yield child.nanosleep(1e6);
              yield child.read(ends[1]!, 100_000);
            }
          });
          for (let at = 0; at < 4; at++) note(yield sys.write(ends[0]!, 100_000));
          note(sys.now() >= 2e6 ? 1 : 0);
        },
    );
    expect(notes).toEqual([100_000, 100_000, 100_000, 100_000, 1]);
  });
});
