import { asm } from "../../../src/loader/asm.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

const noMining = (compare: string) => asm({ type: "lsm", attach: "lsm:socket_connect", name: "no_mining" })`
    r3 = *(u64 *)(r1 + 8)
    r1 = r10
    r1 += -8
    r2 = 8
    call bpf_probe_read_kernel
    ${compare}
    r0 = -1
    exit
allow:
    r0 = 0
    exit
`;

/** Lets through what `compare` does not send to refuse. */
const dns = (compare: string, { bytes = 24, allow = 1 } = {}) => asm({
  type: "cgroup_skb",
  attach: "cgroup_skb/egress",
  name: "only_dns",
})`
    r2 = *(u32 *)(r1 + 76)
    r3 = *(u32 *)(r1 + 80)
    r4 = r2
    r4 += ${bytes}
    if r4 > r3 goto refuse
    ${compare}
    r0 = ${allow}
    exit
refuse:
    r0 = ${1 - allow}
    exit
`;
const protocol = (offset: number) => `r5 = *(u8 *)(r2 + ${offset})\nif r5 != 17 goto refuse\n`;
const port = (offset: number, value: string) => `r5 = *(u16 *)(r2 + ${offset})\nif r5 != ${value} goto refuse`;

export const WRONG_16: WrongAnswers = {
  "16-1": [
    { answer: 13, mistake: "sign" },
    { answer: 1, mistake: "cgroup" },
    { answer: -1, mistake: "other" },
  ],
  "16-2": [
    { answer: noMining("r1 = *(u64 *)(r10 - 8)\nif r1 == 0 goto allow"), mistake: "all" },
    { answer: noMining("r1 = *(u16 *)(r10 - 6)\nif r1 != 3333 goto allow"), mistake: "order" },
    { answer: noMining("r1 = *(u16 *)(r10 - 8)\nif r1 != 0x050d goto allow"), mistake: "none" },
  ],
  "16-3": [
    { answer: dns(protocol(23) + port(36, "0x3500"), { bytes: 38 }), mistake: "ethernet" },
    { answer: dns(protocol(9) + port(22, "0x3500"), { allow: 0 }), mistake: "inverted" },
    { answer: dns(port(22, "0x3500")), mistake: "protocol" },
    { answer: dns(protocol(9) + port(22, "53")), mistake: "order" },
  ],
  "16-4": [
    { answer: ["seccomp", "tracepoint", "cgroup", "seccomp"], mistake: "names" },
    { answer: ["lsm", "lsm", "cgroup", "seccomp"], mistake: "hinders" },
    { answer: ["lsm", "tracepoint", "lsm", "seccomp"], mistake: "group" },
    { answer: ["lsm", "tracepoint", "cgroup", "lsm"], mistake: "own" },
  ],
};
