import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

const BINARY = "/usr/bin/rsync";
const PORT = 873;

/** How bad the line is, and what goes over it. */
export interface LossyNetworkOptions {
  /** Of all packets, how many get lost: above 0, at most 1. */
  readonly loss: number;
  /** Milliseconds of delay in each direction. */
  readonly latency: number;
  /** Bytes of an upload. */
  readonly size: number;
  /** Milliseconds between two uploads. */
  readonly pause: number;
}

const PARAMETERS: ParameterTable<LossyNetworkOptions> = {
  loss: { usual: 0.02, most: 1 },
  latency: { usual: 5, most: 10_000 },
  size: { usual: 300_000, most: 1_000_000_000, whole: true },
  pause: { usual: 100, most: 3_600_000 },
};

/**
 * Files are sent over a line that loses packets: TCP sends them again, after duplicate acknowledgements or when a timer
 * expires, and slows down. The line is that of the whole machine.
 *
 * To be seen with: `kprobe:tcp_retransmit_skb`, `tracepoint:tcp:tcp_retransmit_skb`, `kprobe:tcp_set_state`,
 * `tracepoint:tcp:tcp_probe`, `kprobe:tcp_sendmsg`, `tracepoint:sock:inet_sock_set_state`, `kprobe:tcp_enter_loss`.
 */
export function lossyNetwork(options: Partial<LossyNetworkOptions> = {}): ConfiguredWorkload<LossyNetworkOptions> {
  const all = withDefaults("lossyNetwork", PARAMETERS, options);
  return new ConfiguredWorkload("lossyNetwork", all, (linux) => {
    const { outside } = linux.network;
    outside.link.loss = all.loss;
    outside.link.latency = all.latency * 1e6;
    outside.serve(PORT, { closed: (connection) => connection.close() });
    return linux.process({ comm: "rsync", uid: 1000, gid: 1000, program: (sys) => uploads(sys, all) });
  });
}

function* uploads(sys: Sys, { size, pause }: LossyNetworkOptions): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  for (;;) {
    sys.enter(sys.text(BINARY, "send_files"));
    const socket = yield sys.socket();
    if ((yield sys.connect(socket, "203.0.113.9", PORT)) === 0) {
      for (let left = size; left > 0; left -= 32_768) yield sys.write(socket, Math.min(left, 32_768));
      yield sys.shutdown(socket, 1);
    }
    yield sys.close(socket);
    sys.leave();
    yield sys.nanosleep(pause * 1e6);
  }
}
