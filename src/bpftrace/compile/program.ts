import { build, r0, r6 } from "../../asm/builder.ts";
import type { MapSpec } from "../../maps/spec.ts";
import type { AttachType } from "../../programs/attach-types.ts";
import type { ProgramSpec } from "../../programs/spec.ts";
import type { TypedProgram } from "../analyse/program.ts";
import type { TypedProbe } from "../analyse/typed.ts";
import { BpftraceError, type Source } from "../diagnostics.ts";
import { providerOf } from "../probes/providers.ts";
import { compileActions } from "./action.ts";
import { jumpIf } from "./condition.ts";
import { Emitter, type Surroundings } from "./emitter.ts";
import { CompileFault } from "./error.ts";
import { callbackTypes, functionsOf } from "./function-types.ts";
import { eventsSpec, mapSpec, scratchSpec } from "./maps.ts";
import { reachable } from "./reachable.ts";

/** A probe as a program that can be loaded. */
export interface CompiledProbe {
  readonly probe: TypedProbe;
  readonly spec: ProgramSpec;
}

/** A bpftrace program as programs for Linux. All share one list of maps. */
export interface CompiledProgram {
  readonly probes: readonly CompiledProbe[];
  readonly maps: readonly MapSpec[];
}

/** Makes programs of a typed program. Throws `BpftraceError` for what the machine cannot run. */
export function compile(source: Source, program: TypedProgram, surroundings: Surroundings): CompiledProgram {
  const emitters = program.probes.map((probe) => {
    const e = new Emitter(probe, surroundings);
    try {
      // After the last object an iterator's program runs once more, without one.
      if (probe.provider === "iter") e.emit(r0.load("u64", r6, ITERATED), r0.jeq(0, "exit"));
      const { predicate } = probe;
      if (predicate !== undefined) e.temporarily(() => jumpIf(e, predicate, "exit", false));
      compileActions(e, probe.actions);
    } catch (fault) {
      if (fault instanceof CompileFault) throw new BpftraceError(source, [fault.diagnostic]);
      throw fault;
    }
    return e;
  });
  const scratch = Math.max(0, ...emitters.map((e) => e.scratch));
  const maps = [eventsSpec, scratchSpec(scratch), ...mapSpecs(program)];
  const probes = emitters.map((e): CompiledProbe => {
    const { probe } = e;
    const provider = providerOf(probe.provider)!;
    const target = probe.hooks[0]!.split(":").at(-1)!;
    const typed = provider.program === "tracing";
    const parts = reachable(e.finish());
    const functions = functionsOf(parts);
    const spec: ProgramSpec = {
      type: provider.program,
      name: programName(probe.name),
      insns: build(parts),
      maps,
      license: program.settings.license,
      ...(functions.length > 1 && { btf: callbackTypes(), functions }),
      ...(typed && {
        attachBtfId: provider.name === "iter" ? `bpf_iter_${target}` : target,
        expectedAttachType: ATTACH_TYPES[provider.name] ?? "trace_fentry",
      }),
    };
    return { probe, spec };
  });
  return { probes, maps };
}

/** Where the object is in an iterator's context: behind `struct bpf_iter_meta *`. */
const ITERATED = 8;

/** How programs with typed arguments are attached. */
const ATTACH_TYPES: Readonly<Record<string, AttachType>> = { fexit: "trace_fexit", iter: "trace_iter" };

/** Places in the list go by the maps' own numbers. */
function mapSpecs({ maps, settings }: TypedProgram): MapSpec[] {
  const specs: MapSpec[] = [];
  for (const map of maps) specs[map.index] = mapSpec(map, settings.maxMapKeys);
  return specs;
}

/** Linux's names of programs have letters, digits, dots and underscores, 15 at most. */
const programName = (name: string): string => name.replace(/[^A-Za-z0-9_.]/g, "_").slice(0, 15);
