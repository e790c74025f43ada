import { assemble } from "../../src/asm/assemble.ts";
import { Callbacks } from "../../src/helpers/callbacks.ts";
import type { Host } from "../../src/helpers/host.ts";
import { HELPERS, helperById } from "../../src/helpers/table.ts";
import type { Instruction } from "../../src/isa/instruction.ts";
import { createMap } from "../../src/maps/create.ts";
import type { RuntimeMap } from "../../src/maps/runtime.ts";
import type { MapSpec } from "../../src/maps/spec.ts";
import { LinearMemory } from "../../src/memory/memory.ts";
import type { ProgramSpec } from "../../src/programs/spec.ts";
import { Environment } from "../../src/vm/environment.ts";
import type { Meter } from "../../src/vm/meter.ts";
import type { Xlated } from "../../src/vm/types.ts";
import { unverified } from "../../src/vm/unverified.ts";

/** A host with nothing around it: fixed clock, one task, random numbers that count up. */
export class BareHost implements Host {
  readonly memory = new LinearMemory();
  readonly maps: RuntimeMap[] = [];
  readonly callbacks = new Callbacks();
  readonly traced: string[] = [];
  time = 1_000_000;
  #random = 0;

  ktimeNs(): number {
    return this.time;
  }
  cpu(): number {
    return 0;
  }
  task() {
    return { pid: 7, tgid: 7, uid: 0, gid: 0, comm: "test" };
  }
  random(): number {
    return ++this.#random;
  }
  trace(line: string): void {
    this.traced.push(line);
  }
  stack(): readonly number[] {
    return [];
  }
  createMap(spec: MapSpec): RuntimeMap {
    const map = createMap(this.memory, this.maps.length, spec);
    this.maps.push(map);
    return map;
  }
}

export function bareEnvironment(options: { remember?: () => () => void; cpus?: number; meter?: Meter } = {}): {
  host: BareHost;
  environment: Environment;
} {
  const host = new BareHost();
  return { host, environment: new Environment(host, { helpers: helperById, ...options }) };
}

/** Assembles with the helpers of Linux, and maps by position: `map[0]`. */
export function assembleText(text: string, mapNames: readonly string[] = []): readonly Instruction[] {
  return assemble(text, {
    helper: (name) => HELPERS.find((row) => row.name === name.replace(/^bpf_/, ""))?.id,
    map: (name) => {
      const index = mapNames.indexOf(name);
      return index < 0 ? undefined : index;
    },
  }).insns;
}

export function rawProgram(text: string, maps: readonly MapSpec[] = []): ProgramSpec {
  const insns = assembleText(
    text,
    maps.map((map) => map.name),
  );
  return { type: "raw", name: "test", insns, maps, license: "GPL" };
}

/** A program as it would be if the verifier had proved every access in it. */
export function trusted(spec: ProgramSpec): Xlated {
  const xlated = unverified(spec);
  const facts = xlated.facts.map((each) => ({ ...each, access: "proved" as const }));
  return { ...xlated, verified: true, facts };
}
