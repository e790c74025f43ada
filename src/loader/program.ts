import type { Instruction } from "../isa/instruction.ts";
import type { MapSpec } from "../maps/spec.ts";
import { DISPLAY, type Displayable, type MimeBundle } from "../plot/displayable.ts";
import { render } from "../plot/registry.ts";
import type { AttachType } from "../programs/attach-types.ts";
import type { ProgramSpec, SourceLine } from "../programs/spec.ts";
import type { ProgramType } from "../programs/types.ts";

/** A program that was written but not loaded: a `ProgramSpec` that shows itself as its listing. */
export class Program implements ProgramSpec, Displayable {
  readonly type: ProgramType;
  readonly name: string;
  readonly insns: readonly Instruction[];
  readonly maps: readonly MapSpec[];
  readonly license: string;
  readonly fdArray?: readonly number[];
  readonly lines: readonly (SourceLine | undefined)[] | undefined;
  /** What a program with typed arguments is for. */
  readonly expectedAttachType?: AttachType;
  readonly attachBtfId?: number | string;
  /** Of an extension: the program whose function it replaces, and what types say of its own. */
  readonly attachProgram?: ProgramSpec;
  readonly btf?: ProgramSpec["btf"];
  readonly functions?: ProgramSpec["functions"];

  constructor(spec: ProgramSpec) {
    this.type = spec.type;
    this.name = spec.name;
    this.insns = spec.insns;
    this.maps = spec.maps;
    this.license = spec.license;
    if (spec.fdArray !== undefined) this.fdArray = spec.fdArray;
    this.lines = spec.lines;
    if (spec.expectedAttachType !== undefined) this.expectedAttachType = spec.expectedAttachType;
    if (spec.attachBtfId !== undefined) this.attachBtfId = spec.attachBtfId;
    if (spec.attachProgram !== undefined) this.attachProgram = spec.attachProgram;
    if (spec.btf !== undefined) this.btf = spec.btf;
    if (spec.functions !== undefined) this.functions = spec.functions;
  }

  [DISPLAY](): MimeBundle | Promise<MimeBundle> {
    return render("program", this);
  }
}
