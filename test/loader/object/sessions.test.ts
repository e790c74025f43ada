/** Programs at both ends of functions, and at several functions at once. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nameMatcher } from "../../../src/linux/hooks/name-matcher.ts";
import { workloads } from "../../../src/linux/workloads/index.ts";
import { open } from "./fixtures.ts";

describe("sessions", () => {
  it("run at a function's begin, and at the end of the calls for which they then answered 0", async () => {
    const { m, object } = open("sessions");
    object.load().attach();
    expect(object.links.reads!.hook).toBe("kprobe:vfs_rea?");
    m.spawn(workloads.database());
    m.spawn(workloads.readFiles());
    await m.run("60ms");
    const { entries, returns, time, parse_calls, mallocs } = object.bss as Record<string, bigint>;
    const begun = Number(entries);
    expect(begun).toBeGreaterThan(10);
    // Calls that answered 1 do not come back, and some have not returned yet.
    expect(Number(returns)).toBeLessThanOrEqual(begun / 2);
    expect(Number(returns)).toBeGreaterThan(begun / 2 - 8);
    // The cookie is of the same call: no time since boot, but what a read takes.
    expect(Number(time) / Number(returns)).toBeLessThan(20e6);
    expect([Number(parse_calls) > 0, Number(mallocs) > 0]).toEqual([true, true]);
    const before = { ...object.bss };
    object.detach();
    await m.run("20ms");
    expect({ ...object.bss }).toEqual(before);
  });

  it("see calls of one function within another apart, each with its own cookie", async () => {
    const { m, object } = open("sessions");
    object.progs.scans!.autoload = false;
    object.load();
    const outer = object.progs.reads!.attach("kprobe:ksys_read");
    object.progs.reads!.attach("kprobe:vfs_read");
    m.spawn(workloads.readFiles());
    await m.run("30ms");
    expect(Number(object.bss.returns)).toBeGreaterThan(3);
    outer.detach();
    expect(() => object.progs.reads!.attach("kretprobe:vfs_read")).toThrow(/sessions are of kprobe and uprobe/);
    expect(() => object.progs.reads!.attach("kprobe:no_such_*")).toThrow(/no such hook/);
  });
});

describe("patterns of functions", () => {
  it.each([
    ["vfs_*", "vfs_read", true],
    ["vfs_*", "__vfs_read", false],
    ["*_read", "vfs_read", true],
    ["v?s*d", "vfs_read", true],
    ["vfs_rea?", "vfs_rea", false],
    ["*a*a*", "a", false],
    ["*", "", true],
  ])("%s and %s: %s", (pattern, name, expected) => {
    expect(nameMatcher(pattern)(name)).toBe(expected);
  });

  it("match as the same regular expression does", () => {
    const text = fc.stringMatching(/^[ab*?]{0,8}$/);
    fc.assert(
      fc.property(text, fc.stringMatching(/^[ab]{0,10}$/), (pattern, name) => {
        const same = new RegExp(`^${pattern.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(nameMatcher(pattern)(name)).toBe(same.test(name));
      }),
    );
  });
});
