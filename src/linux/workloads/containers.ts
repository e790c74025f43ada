import type { Linux } from "../linux.ts";
import { AF_INET6 } from "../net/address.ts";
import { O_CREAT, O_RDWR } from "../open.ts";
import type { Program, Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { arrivals } from "./arrivals.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { readAll } from "./steps.ts";
import { ConfiguredWorkload, exec } from "./workload.ts";

/** What runs in the containers. */
export interface ContainersOptions {
  /** Requests a second to the container `web`. */
  readonly rate: number;
  /** Milliseconds of computing of each job of the container `batch`. */
  readonly job: number;
}

const PARAMETERS: ParameterTable<ContainersOptions> = {
  rate: { usual: 100, most: 100_000 },
  job: { usual: 20, most: 60_000 },
};

const PORT = 8000;

/** Each container has a cgroup, named as Docker names them with systemd. */
const CONTAINERS: readonly (readonly [id: string, path: string, program: (options: ContainersOptions) => Program])[] = [
  ["3f1c9a7be204", "/usr/sbin/nginx", () => web],
  ["9d20e6b1c55f", "/usr/bin/redis-server", () => store],
  [
    "c47aa0f3d918",
    "/usr/bin/python3",
    ({ job }) =>
      (sys) =>
        batch(sys, job * 1e6),
  ],
];

/**
 * A host of three containers: a web server, a store that saves itself, and a job that computes. Each has a cgroup of its own,
 * `/system.slice/docker-ID.scope`, which its processes inherit, and is a child of a `containerd-shim`.
 *
 * To be seen with: `bpf_get_current_cgroup_id()` and bpftrace's `cgroup` in any program (CPU time, files or system calls
 * by container), `/proc/PID/cgroup`, `BPF_CORE_READ(task, cgroups, dfl_cgrp, kn, name)`, `tracepoint:sched:sched_process_exec`.
 */
export function containers(options: Partial<ContainersOptions> = {}): ConfiguredWorkload<ContainersOptions> {
  const all = withDefaults("containers", PARAMETERS, options);
  return new ConfiguredWorkload("containers", all, (linux) => {
    linux.files.create("/var/lib/docker/web/index.html", 9_000);
    linux.files.mkdir("/var/lib/docker/store");
    linux.files.mkdir("/run/containerd");
    arrivals(linux, { rate: all.rate, stream: PORT }, (time, random) => {
      if (random.unit() < 0.5) linux.network.request(time, PORT, 200, { received() {}, closed() {} });
      else requestOverIpv6(linux, time, 1_024 + random.below(60_000));
    });
    const shims = CONTAINERS.map(([id, path, program]) =>
      linux.process({
        comm: "containerd-shim",
        program: (sys) => shim(sys, path, program(all)),
        cgroup: linux.cgroups.make(`/system.slice/docker-${id}.scope`),
      }),
    );
    return shims[0]!;
  });
}

function requestOverIpv6(linux: Linux, time: number, port: number): void {
  const { outside, eth0 } = linux.network;
  const ip = eth0.addresses.find((address) => typeof address.ip === "string")!.ip;
  outside.step(time, () =>
    outside.connect(
      { ip: "2001:db8::77", port },
      { ip, port: PORT },
      {
        connected: (connection) => connection.write(200),
        closed: (connection) => connection.close(),
      },
    ),
  );
}

/** A container's life: its files are mounted, its program started, and waited for. */
function* shim(sys: Sys, path: string, program: Program): UserCode<void> {
  sys.enter(sys.text("/usr/bin/containerd-shim-runc-v2", "main.main"));
  const root = `/run/containerd/${sys.task.cgroup.name}`;
  yield sys.mkdir(root);
  yield sys.call(165, [sys.string("shm"), sys.string(root), sys.string("tmpfs"), 0]);
  yield sys.fork((child) => exec(child, path, program));
  yield sys.wait();
  sys.leave();
}

function* web(sys: Sys): UserCode<void> {
  sys.enter(sys.text("/usr/sbin/nginx", "ngx_worker_process_cycle"));
  // One socket for both: an address of IPv4 looks like ::ffff:10.0.0.9 to it.
  const listener = yield sys.socket(AF_INET6);
  yield sys.bind(listener, PORT);
  yield sys.listen(listener, 511);
  for (;;) {
    const connection = yield sys.accept(listener);
    if (connection < 0) return;
    sys.enter(sys.text("/usr/sbin/nginx", "ngx_http_handler"));
    yield sys.read(connection, 1024);
    const bytes = yield* readAll(sys, "/var/lib/docker/web/index.html");
    yield sys.write(connection, 200 + Math.max(0, bytes));
    yield sys.close(connection);
    sys.leave();
  }
}

function* store(sys: Sys): UserCode<void> {
  sys.enter(sys.text("/usr/bin/redis-server", "aeMain"));
  const log = yield sys.openat("/var/lib/docker/store/appendonly.aof", O_RDWR | O_CREAT, 0o600);
  for (;;) {
    yield sys.nanosleep(100e6);
    sys.enter(sys.text("/usr/bin/redis-server", "flushAppendOnlyFile"));
    yield sys.write(log, 4_000 + sys.random.below(20_000));
    yield sys.fdatasync(log);
    sys.leave();
  }
}

function* batch(sys: Sys, ns: number): UserCode<void> {
  sys.enter(sys.text("/usr/bin/python3", "Py_BytesMain"));
  for (;;) {
    sys.enter(sys.text("/usr/bin/python3", "_PyEval_EvalFrameDefault"));
    yield sys.compute(1 + sys.random.exponential(ns));
    sys.leave();
    yield sys.nanosleep(30e6);
  }
}
