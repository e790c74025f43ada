/** What happens in a machine, as plain rows: one an event, in virtual nanoseconds. */

interface At {
  /** Virtual nanoseconds since the machine was started. */
  readonly time: number;
  readonly cpu: number;
  /** The task that the CPU had. */
  readonly pid: number;
}

/** What happened: the scheduler's events by the tracepoints of Linux, system calls, devices, programs. */
export type MachineEvent = At &
  (
    | { readonly kind: "switch"; readonly state: number; readonly task: number }
    | { readonly kind: "wakeup"; readonly task: number; readonly to: number }
    | { readonly kind: "migrate"; readonly task: number; readonly to: number }
    | { readonly kind: "fork"; readonly task: number; readonly name: string }
    | { readonly kind: "rename"; readonly name: string }
    | { readonly kind: "end" }
    | { readonly kind: "enter"; readonly nr: number }
    | { readonly kind: "exit"; readonly nr: number; readonly result: number }
    | { readonly kind: "issue" | "complete"; readonly device: string; readonly bytes: number }
    | { readonly kind: "receive" | "send"; readonly device: string; readonly bytes: number }
    | { readonly kind: "interrupt"; readonly name: string }
    | { readonly kind: "program"; readonly program: number; readonly result: number }
  );

/** Every kind of event. */
export type MachineEventKind = MachineEvent["kind"];

/** What a kind of event tells beside time, CPU and task. */
export type EventParts<Kind extends MachineEventKind> = Omit<Extract<MachineEvent, { kind: Kind }>, keyof At>;
