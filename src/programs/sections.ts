/** ELF section names that libbpf knows: which type and attach type a program in such a section has. */
import type { AttachType } from "./attach-types.ts";
import type { ProgramType } from "./types.ts";

/** One form of section names. */
export interface SectionRow {
  /** `x` matches only itself, `x+` itself and `x/anything`; what follows the slash says where to attach. */
  readonly pattern: string;
  readonly type: ProgramType;
  /** Expected attach type; absent where the type has none. */
  readonly attach?: AttachType;
  /** The program may sleep (`BPF_F_SLEEPABLE`). */
  readonly sleepable?: true;
  /** The program sees packets in several pieces (`BPF_F_XDP_HAS_FRAGS`). */
  readonly frags?: true;
}

/** `pattern[!] [attach type]` in rows of one type; `!` after a pattern: sleepable. */
function forms(type: ProgramType, text: string): SectionRow[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [first, attach] = line.trim().split(/\s+/);
      const pattern = first.replace("!", "");
      return {
        pattern,
        type,
        ...(attach ? { attach: attach as AttachType } : {}),
        ...(first.endsWith("!") ? { sleepable: true as const } : {}),
        ...(pattern.startsWith("xdp.frags") ? { frags: true as const } : {}),
      };
    });
}

/** In libbpf's order: the first form that matches counts. */
export const SECTIONS: readonly SectionRow[] = [
  ...forms("socket_filter", "socket"),
  ...forms(
    "sk_reuseport",
    `sk_reuseport/migrate sk_reuseport_select_or_migrate
     sk_reuseport sk_reuseport_select`,
  ),
  ...forms(
    "kprobe",
    `kprobe+
     uprobe+
     uprobe.s+!
     kretprobe+
     uretprobe+
     uretprobe.s+!
     kprobe.multi+ trace_kprobe_multi
     kretprobe.multi+ trace_kprobe_multi
     kprobe.session+ trace_kprobe_session
     uprobe.multi+ trace_uprobe_multi
     uretprobe.multi+ trace_uprobe_multi
     uprobe.session+ trace_uprobe_session
     uprobe.multi.s+! trace_uprobe_multi
     uretprobe.multi.s+! trace_uprobe_multi
     uprobe.session.s+! trace_uprobe_session
     ksyscall+
     kretsyscall+
     usdt+
     usdt.s+!`,
  ),
  ...forms(
    "sched_cls",
    `tc/ingress tcx_ingress
     tc/egress tcx_egress
     tcx/ingress tcx_ingress
     tcx/egress tcx_egress
     tc
     classifier`,
  ),
  ...forms("sched_act", "action"),
  ...forms(
    "sched_cls",
    `netkit/primary netkit_primary
     netkit/peer netkit_peer`,
  ),
  ...forms("tracepoint", "tracepoint+\ntp+"),
  ...forms("raw_tracepoint", "raw_tracepoint+\nraw_tp+"),
  ...forms("raw_tracepoint_writable", "raw_tracepoint.w+\nraw_tp.w+"),
  ...forms(
    "tracing",
    `tp_btf+ trace_raw_tp
     fentry+ trace_fentry
     fmod_ret+ modify_return
     fexit+ trace_fexit
     fentry.s+! trace_fentry
     fmod_ret.s+! modify_return
     fexit.s+! trace_fexit`,
  ),
  ...forms("ext", "freplace+"),
  ...forms(
    "lsm",
    `lsm+ lsm_mac
     lsm.s+! lsm_mac
     lsm_cgroup+ lsm_cgroup`,
  ),
  ...forms(
    "tracing",
    `iter+ trace_iter
     iter.s+! trace_iter`,
  ),
  ...forms("syscall", "syscall!"),
  ...forms(
    "xdp",
    `xdp.frags/devmap xdp_devmap
     xdp/devmap xdp_devmap
     xdp.frags/cpumap xdp_cpumap
     xdp/cpumap xdp_cpumap
     xdp.frags xdp
     xdp xdp`,
  ),
  ...forms("perf_event", "perf_event"),
  ...forms("lwt_in", "lwt_in"),
  ...forms("lwt_out", "lwt_out"),
  ...forms("lwt_xmit", "lwt_xmit"),
  ...forms("lwt_seg6local", "lwt_seg6local"),
  ...forms("sock_ops", "sockops cgroup_sock_ops"),
  ...forms(
    "sk_skb",
    `sk_skb/stream_parser sk_skb_stream_parser
     sk_skb/stream_verdict sk_skb_stream_verdict
     sk_skb/verdict sk_skb_verdict
     sk_skb`,
  ),
  ...forms("sk_msg", "sk_msg sk_msg_verdict"),
  ...forms("lirc_mode2", "lirc_mode2 lirc_mode2"),
  ...forms("flow_dissector", "flow_dissector flow_dissector"),
  ...forms(
    "cgroup_skb",
    `cgroup_skb/ingress cgroup_inet_ingress
     cgroup_skb/egress cgroup_inet_egress
     cgroup/skb`,
  ),
  ...forms(
    "cgroup_sock",
    `cgroup/sock_create cgroup_inet_sock_create
     cgroup/sock_release cgroup_inet_sock_release
     cgroup/sock cgroup_inet_sock_create
     cgroup/post_bind4 cgroup_inet4_post_bind
     cgroup/post_bind6 cgroup_inet6_post_bind`,
  ),
  ...forms(
    "cgroup_sock_addr",
    `cgroup/bind4 cgroup_inet4_bind
     cgroup/bind6 cgroup_inet6_bind
     cgroup/connect4 cgroup_inet4_connect
     cgroup/connect6 cgroup_inet6_connect
     cgroup/connect_unix cgroup_unix_connect
     cgroup/sendmsg4 cgroup_udp4_sendmsg
     cgroup/sendmsg6 cgroup_udp6_sendmsg
     cgroup/sendmsg_unix cgroup_unix_sendmsg
     cgroup/recvmsg4 cgroup_udp4_recvmsg
     cgroup/recvmsg6 cgroup_udp6_recvmsg
     cgroup/recvmsg_unix cgroup_unix_recvmsg
     cgroup/getpeername4 cgroup_inet4_getpeername
     cgroup/getpeername6 cgroup_inet6_getpeername
     cgroup/getpeername_unix cgroup_unix_getpeername
     cgroup/getsockname4 cgroup_inet4_getsockname
     cgroup/getsockname6 cgroup_inet6_getsockname
     cgroup/getsockname_unix cgroup_unix_getsockname`,
  ),
  ...forms("cgroup_sysctl", "cgroup/sysctl cgroup_sysctl"),
  ...forms(
    "cgroup_sockopt",
    `cgroup/getsockopt cgroup_getsockopt
     cgroup/setsockopt cgroup_setsockopt`,
  ),
  ...forms("cgroup_device", "cgroup/dev cgroup_device"),
  ...forms("struct_ops", "struct_ops+\nstruct_ops.s+!"),
  ...forms("sk_lookup", "sk_lookup sk_lookup"),
  ...forms("netfilter", "netfilter netfilter"),
];

/**
 * The form that libbpf finds for an ELF section name, or undefined.
 *
 * @example sectionForm("cgroup/connect4")?.attach // "cgroup_inet4_connect"
 */
export function sectionForm(section: string): SectionRow | undefined {
  return SECTIONS.find(({ pattern }) =>
    pattern.endsWith("+")
      ? section === pattern.slice(0, -1) || section.startsWith(`${pattern.slice(0, -1)}/`)
      : section === pattern,
  );
}

/**
 * The program type that libbpf chooses for an ELF section name, or undefined.
 *
 * @example typeOfSection("tp/syscalls/sys_enter_read") // "tracepoint"
 */
export const typeOfSection = (section: string): ProgramType | undefined => sectionForm(section)?.type;
