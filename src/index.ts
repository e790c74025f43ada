/**
 * bpfbook: a complete eBPF system in TypeScript.
 *
 * @module
 * @example
 * import { asm, Machine, verify } from "bpfbook";
 * const pass = asm({ type: "xdp", name: "pass" })`
 *     r0 = 2
 *     exit
 * `;
 * verify(pass).ok; // true
 */
import { registerBpftraceMagic } from "./bpftrace/magic.ts";
import { registerMagics } from "./loader/magics.ts";
import { registerViews } from "./views/index.ts";

registerViews();
registerMagics();
registerBpftraceMagic();

export * as builder from "./asm/builder.ts";
export type { SlotFields } from "./asm/byte-table.ts";
export { ClassicError, type ClassicInstruction } from "./asm/classic/instruction.ts";
export { AsmError } from "./asm/diagnostics.ts";
export { type DisassembleOptions, disassemble } from "./asm/disassemble.ts";
export type { EdgeKind, FlowBlock, FlowEdge, FlowLoop, FunctionFlow } from "./asm/flow/control-flow.ts";
export type { TextForm } from "./asm/forms.ts";
export { type ObjdumpOptions, objdumpListing } from "./asm/objdump.ts";
export { type XlatedListing, xlatedListing } from "./asm/xlated.ts";
export type { BpftoolResult } from "./bpftool/result.ts";
export type { ShellResult } from "./bpftool/shell/shell.ts";
export type { BpftraceResult } from "./bpftrace/bpftrace.ts";
export { BpftraceError, type Diagnostic } from "./bpftrace/diagnostics.ts";
export type { LiveOptions, LiveProgram } from "./bpftrace/live.ts";
export type { MapData } from "./bpftrace/output/map-data.ts";
export type { BpftraceOptions } from "./bpftrace/run/options.ts";
export { type BpftraceTag, bpftrace } from "./bpftrace/tag.ts";
export { CheckResult, explain, Hint, investigation, type LessonProgress, Page, progress } from "./course/index.ts";
export { embeddedObjects } from "./elf/embedded.ts";
export { ElfError } from "./elf/error.ts";
export { linkObjects } from "./elf/linker/link-objects.ts";
export { check, hint, type Instance, submission, submit, TaskCheck, variant } from "./grade/cell/index.ts";
export { GradeError } from "./grade/error.ts";
export { ArgumentError } from "./isa/argument.ts";
export { decode, encode, fromHex, toHex } from "./isa/encode.ts";
export type { Instruction } from "./isa/instruction.ts";
export { PinError } from "./linux/bpf/bpf-fs.ts";
export { Trace } from "./linux/bpf/debug-run.ts";
export type { BpfLink } from "./linux/bpf/link.ts";
export { BpfPermissionError } from "./linux/bpf/permission.ts";
export type { RunInput } from "./linux/bpf/prepared-run.ts";
export { RunResult } from "./linux/bpf/test-run.ts";
export { DurationError } from "./linux/duration.ts";
export { FaultError, type FaultName, type FaultOptions, type InjectedFault } from "./linux/faults/inject.ts";
export { MYSTERY_KINDS, Mystery, type MysteryAnswer, type MysteryVerdict } from "./linux/faults/mystery.ts";
export { FAULTS } from "./linux/faults/table.ts";
export { HookError } from "./linux/hooks.ts";
export { MachineOptionError, RunningError } from "./linux/linux.ts";
export {
  Capture,
  type DeviceRow,
  Net,
  NetworkError,
  type SendOptions,
  SentPackets,
  type VethEnd,
} from "./linux/net/net.ts";
export type { MachineEvent } from "./linux/record/machine-event.ts";
export type { MachineRecord } from "./linux/record/machine-record.ts";
export { LogSourceError } from "./linux/replay/lines.ts";
export { StraceError } from "./linux/replay/strace-line.ts";
export type { SwitchRecord } from "./linux/sched/switch-record.ts";
export type { ReplaySummary, RunSummary } from "./linux/summary.ts";
export type { Sys } from "./linux/sys.ts";
export type { UserCode } from "./linux/task.ts";
export { findWitness, type Witness } from "./linux/witness/witness.ts";
export { workloads } from "./linux/workloads/index.ts";
export { WorkloadError } from "./linux/workloads/options.ts";
export { type AsmOptions, type AsmTag, type AsmValue, asm } from "./loader/asm.ts";
export { AttachError } from "./loader/attach.ts";
export { type CSource, c } from "./loader/c.ts";
export { ClassicProgram, classic } from "./loader/classic.ts";
export { ByteTable, byteTable, ControlFlow, controlFlow, type FlowOptions } from "./loader/inspect.ts";
export { JitedListing } from "./loader/jited.ts";
export { CoreAccess, type CoreRow, coreAccess, type LayoutRow, StructLayout, structLayout } from "./loader/layout.ts";
export { LoadedProgram } from "./loader/loaded-program.ts";
export { BpfMap } from "./loader/object/bpf-map.ts";
export { BpfObject, type ObjectState, type OpenOptions } from "./loader/object/bpf-object.ts";
export { BpfProgram } from "./loader/object/bpf-program.ts";
export type { BpfValue } from "./loader/object/btf-codec.ts";
export { ObjectError } from "./loader/object/error.ts";
export { Program } from "./loader/program.ts";
export { type StepOptions, stepVerifier, VerifierSteps } from "./loader/verifier-steps.ts";
export { verify } from "./loader/verify.ts";
export { Machine, type MachineOptions } from "./machine.ts";
export type { ArenaDeclaration, ArenaView } from "./maps/arena-view.ts";
export { bytes, type Codec, char, s8, s16, s32, s64, u8, u16, u32, u64 } from "./maps/codec.ts";
export type { MapDeclaration } from "./maps/declaration.ts";
export { MapError } from "./maps/error.ts";
export { MAP_FLAGS } from "./maps/flags.ts";
export { bpfSpinLock, bpfTimer, type KernelCodec } from "./maps/kernel-codec.ts";
export { map } from "./maps/map.ts";
export type { PerfDeclaration, PerfView } from "./maps/perf-view.ts";
export type { RingbufDeclaration, RingbufView } from "./maps/ringbuf-view.ts";
export type { SequenceDeclaration, SequenceView } from "./maps/sequence-view.ts";
export { arrayOf, struct } from "./maps/struct.ts";
export type { MapView } from "./maps/view.ts";
export type {
  ArpOptions,
  FrameOptions,
  IcmpOptions,
  IpPacketOptions,
  TcpOptions,
  UdpOptions,
  VlanOptions,
} from "./packets/build.ts";
export * as packet from "./packets/build.ts";
export { type CapturedPacket, CaptureError } from "./packets/capture.ts";
export type { DnsOptions } from "./packets/dns-message.ts";
export type { PacketField, PacketLayer } from "./packets/layer.ts";
export { Packet } from "./packets/packet.ts";
export * as pcap from "./packets/pcap.ts";
export { DISPLAY, type Displayable, LIVE, type MimeBundle } from "./plot/displayable.ts";
export * as plot from "./plot/index.ts";
export type { ProgramSpec, SourceLine } from "./programs/spec.ts";
export type { ProgramType } from "./programs/types.ts";
export { type Bcc, BccError, type BccTable, ToolError, ToolResult, ToolRun, tools, UsageFault } from "./tools/index.ts";
export type { Explanation } from "./verifier/explain.ts";
export type { Verdict } from "./verifier/verdict.ts";
export { Verification, VerifierError } from "./verifier/verification.ts";
export { Exploration, type Outcome } from "./vm/schedule/exploration.ts";
export { type ExploreOptions, explore } from "./vm/schedule/explore.ts";
export type { StoryLine } from "./vm/schedule/story.ts";
