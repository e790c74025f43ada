import { tcp } from "../../packets/build.ts";
import type { Linux } from "../linux.ts";
import { ipText } from "../net/address.ts";
import { Skb } from "../net/skb.ts";
import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { arrivals } from "./arrivals.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

const BINARY = "/usr/sbin/sshd";

/** How many requests for connections come, and where. */
export interface SynFloodOptions {
  readonly port: number;
  /** Packets a second. */
  readonly rate: number;
  /** Connections that may wait to be accepted. */
  readonly backlog: number;
}

const PARAMETERS: ParameterTable<SynFloodOptions> = {
  port: { usual: 22, most: 65_535, whole: true },
  rate: { usual: 2_000, most: 1_000_000 },
  backlog: { usual: 128, most: 4_096, whole: true },
};

/** 192.0.2.0/24: nobody is there, so that nobody answers what the machine answers. */
const SPOOFED = 0xc000_0200;

/**
 * Requests for connections from addresses where nobody is: each waits for an answer that never comes, until there is no room
 * for others. A real client tries to get in now and then.
 *
 * To be seen with: `kprobe:tcp_conn_request`, `tracepoint:tcp:tcp_retransmit_synack`, `tracepoint:skb:kfree_skb` (its
 * `reason`), `kprobe:tcp_v4_syn_recv_sock` (`sk_ack_backlog` of its argument), XDP programs on `eth0`
 * (which can drop them), `m.net.packets`.
 */
export function synFlood(options: Partial<SynFloodOptions> = {}): ConfiguredWorkload<SynFloodOptions> {
  const all = withDefaults("synFlood", PARAMETERS, options);
  return new ConfiguredWorkload("synFlood", all, (linux) => {
    attack(linux, all);
    arrivals(linux, { rate: 5, stream: all.port }, (time) =>
      linux.network.request(time, all.port, 40, { received() {}, closed() {} }),
    );
    return linux.process({ comm: "sshd", program: (sys) => server(sys, all) });
  });
}

function attack(linux: Linux, { port, rate }: SynFloodOptions): void {
  const { network } = linux;
  const daddr = ipText(network.eth0.addresses[0]!.ip);
  arrivals(linux, { rate, stream: 22 + port }, (time, random) => {
    const saddr = ipText(SPOOFED + random.below(256));
    const frame = tcp({
      saddr,
      daddr,
      sport: 1024 + random.below(60_000),
      dport: port,
      flags: ["syn"],
      seq: random.u32(),
    });
    network.inject(network.eth0, network.adopt(Skb.from(frame.slice())), time);
  });
}

function* server(sys: Sys, { port, backlog }: SynFloodOptions): UserCode<void> {
  sys.enter(sys.text(BINARY, "main"));
  const listener = yield sys.socket();
  yield sys.bind(listener, port);
  yield sys.listen(listener, backlog);
  for (;;) {
    const connection = yield sys.accept(listener);
    if (connection < 0) return;
    sys.enter(sys.text(BINARY, "server_accept_loop"));
    yield sys.write(connection, 41);
    yield sys.compute(300_000);
    yield sys.close(connection);
    sys.leave();
  }
}
