/**
 * Displays of the book's own things. The package's index calls `registerViews` once; classes of lower folders then show
 * themselves through `render(kind, this)`.
 *
 * @module
 */
import { register } from "../plot/registry.ts";
import { renderBpftrace } from "./bpftrace/render.ts";
import { renderBpftraceSides } from "./bpftrace/sides.ts";
import { renderByteTable } from "./byte-table.ts";
import { renderClassic } from "./classic.ts";
import { renderCheck, renderHint, renderProgress, renderStanding } from "./course.ts";
import { renderControlFlow } from "./flow/control-flow.ts";
import { renderJited } from "./jited.ts";
import { renderCoreAccess, renderStructLayout } from "./layout.ts";
import { renderLiveRun } from "./live-run.ts";
import { renderMachine } from "./machine.ts";
import { renderMachineRecord } from "./machine-time/render.ts";
import { renderMap } from "./map.ts";
import { renderCapture, renderNet, renderSentPackets } from "./network.ts";
import { renderObject } from "./object.ts";
import { renderLink, renderTask, renderWorkload } from "./one-line.ts";
import { renderPacket } from "./packet.ts";
import { renderPage } from "./page.ts";
import { renderLoadedProgram, renderProgram } from "./program.ts";
import { renderRows } from "./rows.ts";
import { renderRun } from "./run.ts";
import { renderSchedules } from "./schedules.ts";
import { renderSummary } from "./summary.ts";
import { renderTool } from "./tool.ts";
import { renderTrace } from "./trace/trace.ts";
import { renderVerdict } from "./verdict.ts";
import { renderVerifierSteps } from "./verifier-steps/render.ts";

/** Registers a renderer for each kind of value that this folder draws. */
export function registerViews(): void {
  register("program", renderProgram);
  register("loaded-program", renderLoadedProgram);
  register("control-flow", renderControlFlow);
  register("byte-table", renderByteTable);
  register("struct-layout", renderStructLayout);
  register("core-access", renderCoreAccess);
  register("verdict", renderVerdict);
  register("verifier-steps", renderVerifierSteps);
  register("map", renderMap);
  register("object", renderObject);
  register("bpftrace", renderBpftrace);
  register("bpftrace-sides", renderBpftraceSides);
  register("classic", renderClassic);
  register("packet", renderPacket);
  register("net", renderNet);
  register("sent-packets", renderSentPackets);
  register("capture", renderCapture);
  register("jited", renderJited);
  register("schedules", renderSchedules);
  register("run", renderRun);
  register("tool", renderTool);
  register("trace", renderTrace);
  register("machine", renderMachine);
  register("machine-record", renderMachineRecord);
  register("live-run", renderLiveRun);
  register("rows", renderRows);
  register("summary", renderSummary);
  register("link", renderLink);
  register("task", renderTask);
  register("workload", renderWorkload);
  register("check", renderCheck);
  register("page", renderPage);
  register("hint", renderHint);
  register("progress", renderProgress);
  register("lesson-standing", renderStanding);
}

export type { MachineView } from "./machine.ts";
export type { MapView } from "./map.ts";
export type { LoadedProgramView } from "./program.ts";
export type { RunView } from "./run.ts";
export type { TraceView } from "./trace/trace.ts";
export type { ShownExplanation, VerdictView } from "./verdict.ts";
export type { VerifierStepsView } from "./verifier-steps/render.ts";
