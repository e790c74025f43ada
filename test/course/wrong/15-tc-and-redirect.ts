import { asm } from "../../../src/loader/asm.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

/** Drops what `decide` does not send to out. */
const mail = (decide: string, drop = 2, let_ = 0) => asm({ type: "sched_cls", name: "no_mail" })`
    r2 = *(u32 *)(r1 + 76)
    r3 = *(u32 *)(r1 + 80)
    r4 = r2
    r4 += 38
    if r4 > r3 goto out
    r5 = *(u16 *)(r2 + 12)
    if r5 != 8 goto out
    ${decide}
    r0 = ${drop}
    exit
out:
    r0 = ${let_}
    exit
`;
const TCP = "r5 = *(u8 *)(r2 + 23)\nif r5 != 6 goto out\n";
const port = (offset: number, value: string) => `r5 = *(u16 *)(r2 + ${offset})\nif r5 != ${value} goto out\n`;

const L3 = "r1 = r6\nr2 = 24\nr3 = 0x0700000a\nr4 = 0x0200000a\nr5 = 4\ncall bpf_l3_csum_replace";
const L4 = "r1 = r6\nr2 = 40\nr3 = 0x0700000a\nr4 = 0x0200000a\nr5 = 0x14\ncall bpf_l4_csum_replace";

/** Writes 10.0.0.2 into packets that `compare` lets through. */
const readdress = (mend: string, compare = "r5 = *(u32 *)(r2 + 30)\nif r5 != 0x0700000a goto out") => asm({
  type: "sched_cls",
  name: "readdress",
})`
    r6 = r1
    r2 = *(u32 *)(r1 + 76)
    r3 = *(u32 *)(r1 + 80)
    r4 = r2
    r4 += 42
    if r4 > r3 goto out
    r5 = *(u16 *)(r2 + 12)
    if r5 != 8 goto out
    r5 = *(u8 *)(r2 + 23)
    if r5 != 17 goto out
    ${compare}
    r1 = 0x0200000a
    *(u32 *)(r10 - 4) = r1
    r1 = r6
    r2 = 30
    r3 = r10
    r3 += -4
    r4 = 4
    r5 = 0
    call bpf_skb_store_bytes
    ${mend}
out:
    r0 = 0
    exit
`;

const choose = (number: string) => asm({ type: "xdp", name: "choose" })`
    r6 = *(u32 *)(r1 + 0)
    r3 = *(u32 *)(r1 + 4)
    r4 = r6
    r4 += 38
    if r4 > r3 goto out
    ${number}
    *(u8 *)(r6 + 0) = r5
out:
    r0 = 3
    exit
`;

export const WRONG_15: WrongAnswers = {
  "15-1": [
    { answer: ["xdp", "xdp", "cgroup_sock_addr", "xdp"], mistake: "leaving" },
    { answer: ["sched_cls", "sched_cls", "cgroup_sock_addr", "xdp"], mistake: "late" },
    { answer: ["sched_cls", "xdp", "sched_cls", "xdp"], mistake: "packets" },
  ],
  "15-2": [
    { answer: mail(`${TCP}${port(36, "0x1900")}`, 1, 2), mistake: "xdp" },
    { answer: mail(`${TCP}${port(36, "25")}`), mistake: "order" },
    { answer: mail(port(36, "0x1900")), mistake: "protocol" },
    { answer: mail(`${TCP}${port(34, "0x1900")}`), mistake: "sender" },
  ],
  "15-3": [
    { answer: readdress(L4), mistake: "header" },
    { answer: readdress(L3), mistake: "udp" },
    { answer: readdress(`${L3}\n${L4}`, ""), mistake: "others" },
  ],
  "15-4": [
    { answer: choose("call bpf_get_prandom_u32\nr5 = r0\nr5 &= 3"), mistake: "chance" },
    {
      answer: choose("r5 = *(u32 *)(r6 + 26)\nr5 = be32 r5\nr5 *= 0x61c88647\nr5 <<= 32\nr5 >>= 48\nr5 %= 4"),
      mistake: "address",
    },
    { answer: choose("r5 = 1"), mistake: "few" },
    {
      answer: choose(
        "r5 = *(u32 *)(r6 + 26)\nr4 = *(u32 *)(r6 + 34)\nr5 ^= r4\nr5 *= 0x61c88647\nr5 <<= 32\nr5 >>= 48\nr5 %= 40",
      ),
      mistake: "beyond",
    },
  ],
};
