import { BPF_FS } from "../../linux/bpf/bpf-fs.ts";
import type { Linux } from "../../linux/linux.ts";
import type { BpfObject } from "../../loader/object/bpf-object.ts";
import { DISK_READER } from "./reader.ts";
import { PROG, SHIPPED, XDP_COUNTER } from "./syllabus-objects.ts";

/** The ids that the syllabus uses. */
export const SYLLABUS_PROGRAM = 123;
export const SYLLABUS_MAP = 456;
export const SYLLABUS_PID = 1234;

const MAKEFILE = `OBJECTS = prog.bpf.o xdp_counter.o

all: $(OBJECTS)

xdp_counter.o: xdp_counter.bpf.c
	clang -g -O2 -target bpf -c $< -o $@

%.bpf.o: %.bpf.c
	clang -g -O2 -target bpf -c $< -o $@
`;

/** The machine as this needs it. */
interface SyllabusMachine {
  readonly linux: Linux;
  readonly bpf: { startIdsAt(ids: { program?: number; map?: number }): void };
  open(bytes: Uint8Array, options: { name: string }): BpfObject;
}

/**
 * Makes a fresh machine the one of the syllabus: program 123, which notes who opens files in map 456 (4 bytes of key, 1 byte of value)
 * and is pinned; process 1234, which opens files; in /root the sources, objects and the Makefile that its lines name.
 */
export function prepareSyllabus(machine: SyllabusMachine): void {
  const { linux } = machine;
  for (const { name, source } of SHIPPED) linux.files.create(`/root/${name}.bpf.c`, source);
  linux.files.create("/root/Makefile", MAKEFILE);
  linux.files.create("/root/xdp_counter.o", XDP_COUNTER.object());
  linux.files.create("/root/prog.bpf.o", PROG.object());
  machine.bpf.startIdsAt({ program: SYLLABUS_PROGRAM, map: SYLLABUS_MAP });
  const object = machine.open(PROG.object(), { name: "prog" }).load().attach();
  object.maps.openers!.set(1, 1);
  object.progs.note_open!.loaded.bpf.fs.pin(`${BPF_FS}/note_open`, {
    kind: "program",
    program: object.progs.note_open!.loaded.program,
  });
  linux.process({ program: DISK_READER, comm: "reader", pid: SYLLABUS_PID });
}
