import { machineBtf, type Release } from "../../btf/data/machine.ts";
import type { LinearMemory } from "../../memory/memory.ts";
import { allocateArguments, writeArguments } from "../hooks/arguments.ts";
import type { TcpSock } from "../net/sock.ts";
import type { CongestionControl, CongestionControls } from "../net/tcp/congestion.ts";
import type { KernelObjects } from "../objects/kernel-objects.ts";
import { StructLayout } from "../objects/struct-layout.ts";
import type { Arg } from "../task.ts";
import type { LinuxProgram } from "./program.ts";
import type { BpfSubsystem } from "./subsystem.ts";

/** What a congestion control made of programs needs of the machine. */
export interface CongestionMachine {
  readonly memory: LinearMemory;
  readonly objects: KernelObjects;
  readonly release: Release;
  readonly network: { readonly congestion: CongestionControls };
}

/** Members of `struct tcp_sock` that are numbers of the simulated connection, and that programs may write. */
const NUMBERS = [
  ["snd_cwnd", "cwnd"],
  ["snd_ssthresh", "ssthresh"],
] as const;

/** `struct ack_sample`, `rate_sample`: not made, so members that take one are not called. */
const NOT_ACKED = 0;

/**
 * A congestion control whose functions are programs. They get a `struct tcp_sock` in the machine's layout: what they store into its window
 * and threshold is the simulated connection's from then on, what they keep in `icsk_ca_priv` and the rest stays with the socket.
 */
export class BpfCongestion implements CongestionControl {
  readonly name: string;
  readonly #bpf: BpfSubsystem;
  readonly #machine: CongestionMachine;
  readonly #members: ReadonlyMap<string, LinuxProgram>;
  readonly #layout: StructLayout;
  readonly #context: number;
  readonly #begun = new WeakSet<TcpSock>();

  constructor(bpf: BpfSubsystem, machine: CongestionMachine, name: string, members: ReadonlyMap<string, LinuxProgram>) {
    this.#bpf = bpf;
    this.#machine = machine;
    this.name = name;
    this.#members = members;
    this.#layout = new StructLayout(machineBtf(machine.release), "tcp_sock");
    this.#context = allocateArguments(machine.memory);
  }

  ssthresh(sk: TcpSock): number {
    return this.#call("ssthresh", sk);
  }

  congAvoid(sk: TcpSock, ack: number, acked: number): void {
    // With `cong_control` nothing else is asked; it gets a sample of rates, which this TCP does not take.
    if (this.#members.has("cong_control")) this.#call("cong_control", sk, ack, NOT_ACKED, 0);
    else this.#call("cong_avoid", sk, ack, acked);
  }

  setState(sk: TcpSock, state: number): void {
    this.#call("set_state", sk, state);
  }

  cwndEvent(sk: TcpSock, event: number): void {
    this.#call("cwnd_event", sk, event);
  }

  inAckEvent(sk: TcpSock): void {
    this.#call("in_ack_event", sk, 0);
  }

  #call(member: string, sk: TcpSock, ...args: Arg[]): number {
    if (!this.#begun.has(sk)) {
      this.#begun.add(sk);
      this.#call("init", sk);
    }
    const program = this.#members.get(member);
    if (program === undefined) return 0;
    const { memory, objects } = this.#machine;
    const at = objects.written(sk);
    // The struct is written once a moment, and the connection may have gone on within it.
    for (const [name, number] of NUMBERS)
      memory.view.setUint32(at + this.#layout.member(name)!.offset, sk[number], true);
    writeArguments(memory, this.#context, [sk, ...args], objects.offset);
    const result = this.#bpf.run(program, this.#context) >>> 0;
    for (const [name, number] of NUMBERS)
      sk[number] = memory.view.getUint32(at + this.#layout.member(name)!.offset, true);
    sk.cwnd = Math.max(1, sk.cwnd);
    return result;
  }
}
