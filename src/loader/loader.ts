import { ArgumentError } from "../isa/argument.ts";
import type { BpfSubsystem, LoadOptions } from "../linux/bpf/subsystem.ts";
import { MapDeclaration } from "../maps/declaration.ts";
import type { AnyDeclaration } from "../maps/latest.ts";
import type { RuntimeMap } from "../maps/runtime.ts";
import type { MapView } from "../maps/view.ts";
import { requireProgram } from "../programs/require-program.ts";
import type { ProgramSpec } from "../programs/spec.ts";
import { LoadedProgram } from "./loaded-program.ts";

/** A declaration whose map is seen through `View`. */
export interface Declares<View> {
  bind(runtime: RuntimeMap, machine: object, used?: () => boolean): View;
}

/**
 * libbpf's part for one machine: it turns declarations into maps, once each, and programs into loaded programs.
 *
 * @example
 * const loader = new Loader(bpf);
 * const program = loader.load(countReads);
 * loader.map(sizes).get(12);
 */
export class Loader {
  readonly bpf: BpfSubsystem;
  /** The maps of this machine by the declaration they were made from. */
  readonly #views = new Map<AnyDeclaration, MapView<never, never>>();

  constructor(bpf: BpfSubsystem) {
    this.bpf = bpf;
  }

  /**
   * Loads a program. Each declaration it uses becomes a map of this machine with its initial contents; a declaration that
   * no machine has yet is bound to this one. A rejected program throws `VerifierError` and changes nothing.
   */
  load(spec: ProgramSpec, options: Omit<LoadOptions, "maps"> = {}): LoadedProgram {
    requireProgram(spec);
    const existing = spec.maps.map((map) => (isDeclaration(map) ? this.#views.get(map)?.runtime : undefined));
    const program = this.bpf.load(spec, { ...options, maps: existing });
    for (const [index, map] of spec.maps.entries()) {
      if (isDeclaration(map) && !this.#views.has(map)) {
        const runtime = program.maps[index]!;
        this.#views.set(
          map,
          map.bind(runtime, this.bpf, () => this.#used(runtime)),
        );
      }
    }
    return new LoadedProgram(this.bpf, program);
  }

  /** This machine's map of a declaration, created now if no program has brought it yet. */
  map<V>(declaration: Declares<V>): V {
    if (!isDeclaration(declaration))
      throw new ArgumentError("declaration", "a map that map.hash(...) and the like declared", declaration);
    const key: AnyDeclaration = declaration;
    const known = this.#views.get(key);
    if (known !== undefined) return known as V;
    const runtime = this.bpf.createMap(key);
    const view = key.bind(runtime, this.bpf, () => this.#used(runtime));
    this.#views.set(key, view);
    return view as V;
  }

  #used(runtime: RuntimeMap): boolean {
    return [...this.bpf.programs.values()].some(({ maps }) => maps.includes(runtime));
  }
}

const isDeclaration = (map: unknown): map is AnyDeclaration => map instanceof MapDeclaration;
