import { Machine } from "../../src/index.ts";
import { O_RDONLY } from "../../src/linux/open.ts";
import type { Program, Sys } from "../../src/linux/sys.ts";
import type { UserCode } from "../../src/linux/task.ts";
import type { ToolCall, ToolName, ToolResult, ToolRow } from "../../src/tools/index.ts";

/** What happens on a machine that does nothing else: processes by name, each what it does. */
export interface Happening {
  readonly comm: string;
  readonly uid?: number;
  readonly program: Program;
}

/** Runs a tool while only these processes run. */
export async function watch<Name extends ToolName>(
  name: Name,
  call: ToolCall<Name>,
  happenings: readonly Happening[],
  prepare: (machine: Machine) => void = () => {},
): Promise<ToolResult<ToolRow<Name>>> {
  const machine = new Machine({ cpus: 2, seed: 7 });
  prepare(machine);
  for (const happening of happenings) machine.linux.process(happening);
  return machine.tool(name, { for: "1s", ...call } as ToolCall<Name>);
}

export const BASH = "/usr/bin/bash";
export const LIBC = "/usr/lib/x86_64-linux-gnu/libc.so.6";
export const SSL = "/usr/lib/x86_64-linux-gnu/libssl.so.3";

export const does = (comm: string, program: (sys: Sys) => UserCode, uid = 0): Happening => ({ comm, uid, program });

/** Reads a file in pieces, `times` times. */
export const reads = (comm: string, path: string, times: number, bytes = 4096) =>
  does(comm, function* (sys) {
    yield sys.nanosleep(1e6);
    const fd = yield sys.openat(path, O_RDONLY);
    for (let n = 0; n < times; n++) yield sys.read(fd, bytes);
    yield sys.close(fd);
    yield sys.nanosleep(10e9);
  });

export const withFiles = (m: Machine) => {
  m.linux.files.create("/data/a.bin", 4_000_000);
  m.linux.files.create("/data/b.bin", 4_000_000);
};

/** A server that takes `most` connections, and clients that make some and send. */
export const server = (port: number, most = 9) =>
  does("server", function* (sys) {
    const listener = yield sys.socket();
    yield sys.bind(listener, port);
    yield sys.listen(listener, 7);
    for (let n = 0; n < most; n++) {
      const fd = yield sys.accept(listener);
      while ((yield sys.recvfrom(fd, 65_536)) > 0);
      yield sys.close(fd);
    }
    yield sys.nanosleep(10e9);
  });

export const client = (comm: string, port: number, bytes: number) =>
  does(comm, function* (sys) {
    yield sys.nanosleep(5e6);
    const fd = yield sys.socket();
    if ((yield sys.connect(fd, "127.0.0.1", port)) === 0) yield sys.sendto(fd, bytes);
    yield sys.close(fd);
    yield sys.nanosleep(10e9);
  });
