import { BpfSubsystem } from "../../src/linux/bpf/subsystem.ts";
import { Linux } from "../../src/linux/linux.ts";

/** Programs that one machine runs: its table of entries only grows. */
const RENEW = 500;

/**
 * A machine for many random programs, each of which finds it as the first did: making one takes longer than a short program.
 *
 * @example const bpf = machine.fresh();
 */
export class SharedMachine {
  #bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
  #start = this.#bpf.host.memory.allocatorState();
  #used = 0;

  /** The machine without maps and programs; everything from before is void. */
  fresh(): BpfSubsystem {
    if (++this.#used % RENEW === 0) {
      this.#bpf = new BpfSubsystem(new Linux({ cpus: 1 }));
      this.#start = this.#bpf.host.memory.allocatorState();
    }
    this.#bpf.host.maps.length = 0;
    this.#bpf.programs.clear();
    this.#bpf.host.memory.restoreAllocator(this.#start);
    return this.#bpf;
  }
}
