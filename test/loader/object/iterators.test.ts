/** Iterators of Linux's objects: a program runs for each, and what it prints is read as text. */
import { describe, expect, it } from "vitest";
import { workloads } from "../../../src/linux/workloads/index.ts";
import { AttachError } from "../../../src/loader/attach.ts";
import { bytesOf, open } from "./fixtures.ts";

const lines = (text: string): string[] => text.split("\n").slice(0, -1);

describe("iterators", () => {
  it("attach by their sections, and are read as often as one likes", async () => {
    const { m, object } = open("iterators");
    object.load().attach();
    expect(object.links.tasks!.hook).toBe("iter:task");
    m.spawn(workloads.database());
    await m.run("20ms");
    const read = (name: string) => lines(object.links[name]!.read!());
    const tasks = read("tasks");
    const own = [...m.linux.tasks()].filter(({ pid }) => pid > 0);
    expect(tasks.slice(0, -1).sort()).toEqual(own.map(({ tgid, pid, comm }) => `${tgid} ${pid} ${comm}`).sort());
    // As on Linux: once more with no object, whose number is the last one's.
    expect(tasks.at(-1)).toBe(`= ${own.length - 1}`);
    expect(read("files").every((line) => /^\d+ \d+ [0-2]$/.test(line))).toBe(true);
    expect(read("maps")).toEqual(["1 iterator.rodata 1", "2 ages 8", "3 hits 2"]);
    expect(read("programs")).toContain("1 tasks");
    expect(read("links").length).toBe(m.bpf.links.size);
    const { links } = object;
    object.detach();
    expect([links.tasks!.attached, m.bpf.links.size]).toEqual([false, 0]);
  });

  it("of elements see and change the values of the map that they are given", () => {
    const { object } = open("iterators");
    object.progs.elements!.autoload = true;
    object.load();
    object.maps.ages!.set(5, 50n).set(7, 70n);
    const { ages, hits } = object.maps;
    const link = object.progs.elements!.attach("iter:bpf_map_elem", { map: ages! });
    expect(lines(link.read!()).sort()).toEqual(["5 is 50", "7 is 70"]);
    expect([ages!.get(5), ages!.get(7)]).toEqual([51n, 71n]);
    hits!.set(1, [3n, 4n]);
    const perCpu = object.progs.elements!.attach("iter:bpf_map_elem", { map: hits! });
    expect(lines(perCpu.read!())).toEqual(["0 is 0", "1 is 3"]);
    expect(() => object.progs.elements!.attach()).toThrow(/needs a map/);
    expect(() => object.progs.elements!.attach("iter:task")).toThrow(
      /was not loaded as the program of an iterator of task/,
    );
  });

  it("go through functions, sockets and cgroups", async () => {
    const { m, object } = open("iterators");
    const names = ["symbols", "connections", "datagrams", "groups"];
    for (const program of object.programList) program.autoload = names.includes(program.name);
    object.load().attach();
    const text = Object.fromEntries(names.map((name) => [name, () => lines(object.links[name]!.read!())]));
    m.linux.cgroups.make("/web/one");
    m.linux.cgroups.make("/db");
    m.spawn(workloads.database());
    await m.run("30ms");
    const read = m.linux.symbols
      .kernelFrames()
      .map((frame) => m.linux.symbols.of(frame))
      .find(({ name }) => name === "vfs_read")!;
    expect(text.symbols!()).toContain(`${read.address.toString(16)} T vfs_read`);
    expect(text.connections!()).toContain("5432 10 114");
    expect(text.datagrams!().every((line) => /^\d+$/.test(line))).toBe(true);
    expect(text.groups!().filter((line) => /^0|web|one|db/.test(line))).toEqual(["0 ", "1 web", "2 one", "1 db"]);
  });

  it("end early where the program asks for an object again, or prints too much for one", () => {
    for (const [setting, code] of [
      ["again", "EAGAIN"],
      ["flood", "E2BIG"],
    ] as const) {
      const { object } = open("iterators");
      object.rodata[setting] = true;
      const { links } = object.load().attach();
      expect(() => links.tasks!.read!()).toThrow(expect.objectContaining({ name: AttachError.name, code }));
    }
  });

  it("of what the machine does not have are refused by name", () => {
    const { m } = open("iterators");
    const object = m.open(bytesOf("iterators")).load();
    expect(() => object.progs.tasks!.attach("iter:dmabuf")).toThrow(
      /the machine goes through task, task_file, bpf_map/,
    );
  });
});
