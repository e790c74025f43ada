/** Structures of functions that programs implement: a congestion control that TCP of the machine asks. */
import { describe, expect, it } from "vitest";
import type { Sys } from "../../../src/linux/sys.ts";
import type { UserCode } from "../../../src/linux/task.ts";
import { tracepoint } from "../../../src/linux/tracepoints.ts";
import { skeletonText } from "../../../src/loader/object/skeleton.ts";
import type { Machine } from "../../../src/machine.ts";
import { bytesOf, open } from "./fixtures.ts";

const PORT = 5000;

function* server(sys: Sys): UserCode {
  const listener = yield sys.socket(2);
  yield sys.bind(listener, PORT);
  yield sys.listen(listener, 16);
  const connection = yield sys.accept(listener);
  let bytes = 1;
  while (bytes > 0) bytes = yield sys.read(connection, 65_536);
  yield sys.close(connection);
}

function* client(sys: Sys, bytes: number): UserCode {
  yield sys.nanosleep(1_000_000);
  const fd = yield sys.socket(2);
  yield sys.connect(fd, "127.0.0.1", PORT);
  for (let left = bytes; left > 0; left -= 50_000) yield sys.write(fd, Math.min(left, 50_000));
  yield sys.shutdown(fd, 1);
  yield sys.close(fd);
}

/** Sends many bytes from one process to another; the largest window that the sender had on the way. */
async function transfer(m: Machine, bytes = 2_000_000): Promise<number> {
  const { fields } = tracepoint("tcp:tcp_probe")!;
  const at = (name: string): number => fields.find((field) => field.name === name)!.offset;
  let widest = 0;
  const detach = m.linux.hooks.attach("tracepoint:tcp:tcp_probe", {
    run(record) {
      const { view } = m.linux.memory;
      if (view.getUint16(record + at("dport"), true) === PORT)
        widest = Math.max(widest, view.getUint32(record + at("snd_cwnd"), true));
      return 0;
    },
  });
  m.linux.process({ comm: "server", program: (sys) => server(sys) });
  m.linux.process({ comm: "client", program: (sys) => client(sys, bytes) });
  await m.run("1s");
  detach();
  return widest;
}

describe("a congestion control made of programs", () => {
  it("is registered by a link, chosen by name, and decides how much is in flight", async () => {
    const { m, object } = open("congestion");
    object.load().attach();
    expect(m.cat("/proc/sys/net/ipv4/tcp_available_congestion_control")).toBe("reno bpf_short bpf_reno\n");
    await m.shell("echo bpf_short > /proc/sys/net/ipv4/tcp_congestion_control");
    const widest = await transfer(m);
    expect(widest).toBeGreaterThan(1);
    expect(widest).toBeLessThanOrEqual(4);
    const { begun, acks, starts } = object.bss as Record<string, bigint>;
    expect([begun! > 0n, acks! > 10n, starts! > 0n]).toEqual([true, true, true]);
    object.links.short_window!.detach();
    expect(m.cat("/proc/sys/net/ipv4/tcp_congestion_control")).toBe("reno\n");
    object.destroy();
    expect(m.cat("/proc/sys/net/ipv4/tcp_available_congestion_control")).toBe("reno\n");
  });

  it("that calls Linux's own functions grows as they say", async () => {
    const { m, object } = open("congestion");
    object.load().attach();
    await m.shell("echo bpf_reno > /proc/sys/net/ipv4/tcp_congestion_control");
    expect(await transfer(m)).toBeGreaterThan(20);
  });

  it("is refused where a name is taken or a function is missing, and by a name that nobody has", async () => {
    const { m, object } = open("congestion");
    object.load().attach();
    const again = m.open(bytesOf("congestion"), { name: "again" }).load();
    expect(() => again.attach()).toThrow(/map 'short_window': failed to attach: -17/);
    expect(Object.keys(again.links)).toEqual([]);
    const partial = m.open(bytesOf("operations"), { name: "operations" }).load();
    expect(() => partial.attach()).toThrow(/map 'own': failed to update: -22/);
    expect((await m.shell("echo nobody > /proc/sys/net/ipv4/tcp_congestion_control")).exitCode).not.toBe(0);
  });

  it("is in the object's skeleton", () => {
    const text = skeletonText(bytesOf("congestion"), "congestion");
    expect(text).toContain("readonly short_window: BpfMap<number, Uint8Array>;");
    expect(text).toContain("readonly like_reno: BpfLink | undefined;");
  });

  it("is listed, and unregistered by hand", async () => {
    const { m, object } = open("congestion");
    object.load().attach();
    const list = (await m.shell("bpftool struct_ops show")).text;
    expect(list).toMatch(/^\d+: short_window {4}tcp_congestion_ops {14}\n\d+: like_reno {7}tcp_congestion_ops {14}\n$/);
    expect((await m.shell("bpftool link show")).text).toMatch(/^\d+: struct_ops {2}\n\tmap_id \d+ {2}\n$/);
    const { text } = await m.shell("bpftool struct_ops unregister name like_reno");
    expect(text).toMatch(/^Unregistered tcp_congestion_ops like_reno id \d+\n$/);
    expect(m.cat("/proc/sys/net/ipv4/tcp_available_congestion_control")).toBe("reno bpf_short\n");
  });
});
