import type { Instruction } from "../isa/instruction.ts";
import type { MapSpec } from "../maps/spec.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { ProgramSpec, SourceLine } from "../programs/spec.ts";
import type { ProgramType } from "../programs/types.ts";

/** A program that was written but not loaded: a `ProgramSpec` that shows itself as its listing. */
export class Program implements ProgramSpec, Displayable {
  readonly type: ProgramType;
  readonly name: string;
  readonly insns: readonly Instruction[];
  readonly maps: readonly MapSpec[];
  readonly license: string;
  readonly lines: readonly (SourceLine | undefined)[] | undefined;

  constructor(spec: ProgramSpec) {
    this.type = spec.type;
    this.name = spec.name;
    this.insns = spec.insns;
    this.maps = spec.maps;
    this.license = spec.license;
    this.lines = spec.lines;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("program", this);
  }
}
