import type { Sys } from "../sys.ts";
import type { UserCode } from "../task.ts";
import { arrivals } from "./arrivals.ts";
import { type ParameterTable, withDefaults } from "./options.ts";
import { ConfiguredWorkload } from "./workload.ts";

/** How fast ports are tried. */
export interface PortScanOptions {
  /** Ports a second. */
  readonly rate: number;
  /** The one port that is open. */
  readonly open: number;
}

const PARAMETERS: ParameterTable<PortScanOptions> = {
  rate: { usual: 200, most: 100_000 },
  open: { usual: 8080, most: 65_535, whole: true },
};

/** Who scans: an address for documentation (RFC 5737). */
const SCANNER = 0xcb00_7142;

/**
 * Somebody tries one port after the other. Where nobody listens the machine answers with a reset; a service at one of them
 * gets a connection that ends at once.
 *
 * To be seen with: `tracepoint:tcp:tcp_send_reset`, `kprobe:tcp_v4_send_reset`, `tracepoint:skb:kfree_skb` (`reason`
 * NO_SOCKET), `kretprobe:inet_csk_accept`, `tracepoint:sock:inet_sock_set_state`, XDP and tc programs, `m.capture("eth0")`.
 */
export function portScan(options: Partial<PortScanOptions> = {}): ConfiguredWorkload<PortScanOptions> {
  const all = withDefaults("portScan", PARAMETERS, options);
  return new ConfiguredWorkload("portScan", all, (linux) => {
    const { outside, eth0 } = linux.network;
    let tried = 0;
    arrivals(linux, { rate: all.rate, stream: all.open }, (time) => {
      // Every tenth try is the port that is open: a scanner goes for known services first.
      const port = tried % 10 === 0 ? all.open : 1 + ((tried * 7919) % 65_535);
      const from = { ip: SCANNER, port: 20_000 + (tried++ % 40_000) };
      const to = { ip: eth0.addresses[0]!.ip, port };
      outside.step(time, () => void outside.connect(from, to, { connected: (connection) => connection.close() }));
    });
    return linux.process({ comm: "tomcat", uid: 1001, gid: 1001, program: (sys) => service(sys, all.open) });
  });
}

function* service(sys: Sys, port: number): UserCode<void> {
  sys.enter(sys.text("/usr/bin/tomcat", "main"));
  const listener = yield sys.socket();
  yield sys.bind(listener, port);
  yield sys.listen(listener, 100);
  for (;;) {
    const connection = yield sys.accept(listener);
    if (connection < 0) return;
    yield sys.read(connection, 4096);
    yield sys.close(connection);
  }
}
