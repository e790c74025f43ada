import type { AssignmentId } from "../../../src/grade/assignments/index.ts";
import type { WrongSolution } from "./wrong-solution.ts";

/** At least three wrong solutions of each assignment. */
export const WRONG: Readonly<Record<AssignmentId, readonly WrongSolution[]>> = {
  a1: [
    {
      title: "the subtraction is taken for one of 64 bits",
      edits: [["(my.listing)).run", '(my.listing.replace("w1 -=", "r1 -="))).run']],
      fails: ["a1/1.h1"],
      mistake: "width",
    },
    {
      title: "registers are swapped",
      edits: [[".slice(0, 16);", '.slice(0, 16).replace(/^(..)(.)(.)/, "$1$3$2");']],
      fails: ["a1/2.h1"],
      mistake: "swapped",
    },
    {
      title: "all bytes are summed up",
      edits: [[`    if r3 < \${my.least} goto next\n`, ""]],
      fails: ["a1/3.v1", "a1/3.h1"],
      mistake: "all",
    },
    {
      title: "the limit itself is left out",
      edits: [[`if r3 < \${my.least}`, `if r3 <= \${my.least}`]],
      fails: ["a1/3.v1", "a1/3.h1"],
      mistake: "strict",
    },
    {
      title: "no bytes at all are not expected",
      edits: [
        ["next:\n    if r2 == 0 goto out\n", "next:\n"],
        ["    goto next\nout:", "    if r2 != 0 goto next\nout:"],
      ],
      fails: ["a1/3.v1", "a1/3.v2", "a1/3.h1"],
    },
  ],
  a2: [
    {
      title: "it is accepted, as nothing is read any more",
      edits: [
        [`    r5 = *(u8 *)(r2 + \${my.at})\n    if r5 == \${my.value} goto drop\n`, "    if r4 == 0 goto drop\n"],
      ],
      fails: ["a2/1.v1", "a2/1.h1"],
      mistake: "strict",
    },
    {
      title: "more bytes are asked for than are read",
      edits: [[`r4 += \${my.at + 1}`, `r4 += \${my.at + 8}`]],
      fails: ["a2/1.h1"],
      mistake: "strict",
    },
    {
      title: "one byte too few is compared",
      edits: [[`r4 += \${my.at + 1}`, `r4 += \${my.at}`]],
      fails: ["a2/1.v1", "a2/1.h1"],
      mistake: "short",
      says: /outside of the packet/,
    },
    {
      title: "an element that is missing stays missing (BPF_EXIST)",
      edits: [["    r4 = 0\n    call bpf_map_update_elem", "    r4 = 2\n    call bpf_map_update_elem"]],
      fails: ["a2/2.v1", "a2/2.h1"],
      mistake: "skipped",
    },
    {
      title: "every packet writes its own length",
      edits: [["    r1 = *(u64 *)(r0 + 0)\n    r1 += r6\n", "    r1 = r6\n"]],
      fails: ["a2/2.v1", "a2/2.h1"],
      mistake: "overwritten",
    },
    {
      title: "a mask bends every place into the table",
      edits: [["    if r5 > 15 goto otherwise\n", "    r5 &= 15\n"]],
      fails: ["a2/3.h2"],
      mistake: "masked",
    },
    {
      title: "the table's last byte is left out",
      edits: [["if r5 > 15 goto otherwise", "if r5 > 14 goto otherwise"]],
      fails: ["a2/3.h1"],
      mistake: "strict",
    },
  ],
  a3: [
    {
      title: "no test of the packet's end",
      edits: [
        [
          "    r4 += 34\n    if r4 > r3 goto out\n    r4 = *(u16 *)(r2 + 12)\n    if r4 != 8 goto out             //",
          "    r4 = *(u16 *)(r2 + 12)\n    if r4 != 8 goto out             //",
        ],
      ],
      fails: ["a3/1.v1", "a3/1.h1", "a3/1.h2"],
      says: /outside of the packet/,
    },
    {
      title: "what is no IPv4 is counted too",
      edits: [["    if r4 != 8 goto out             // 0x0800 in network byte order\n", ""]],
      fails: ["a3/1.h2"],
      mistake: "not-ip",
    },
    {
      title: "a second packet overwrites the count",
      edits: [["    r1 = 1\n    lock *(u64 *)(r0 + 0) += r1\n    goto out\nfirst:\n", "first:\n"]],
      fails: ["a3/1.v1", "a3/1.h1"],
      mistake: "overwritten",
    },
    {
      title: "nothing is dropped",
      edits: [["    r7 = 1\n", "    r7 = 2\n"]],
      fails: ["a3/2.v1", "a3/2.h1"],
      mistake: "passed",
    },
    {
      title: "the map has last year's name",
      edits: [["name: my.bytes", 'name: "sizes"']],
      fails: ["a3/2.v1", "a3/2.h1", "a3/2.h2"],
      says: /uses the map/,
    },
  ],
  a4: [
    {
      title: "the port is in the byte order of the machine",
      edits: [["if r4 != 0x3500 goto out        // 53", "if r4 != 53 goto out        // 53"]],
      fails: ["a4/1.v1", "a4/1.h1"],
      mistake: "passed",
    },
    {
      title: "TCP is taken for UDP",
      edits: [["    r4 = *(u8 *)(r2 + 23)\n    if r4 != 17 goto out            // UDP\n", ""]],
      fails: ["a4/1.h1"],
      mistake: "dropped",
    },
    {
      title: "the label's length is not compared",
      edits: [
        ["const compare = letters.map(", "const compare = letters.slice(1).map("],
        ["54 + at})", "55 + at})"],
      ],
      fails: ["a4/2.h1"],
      mistake: "dropped",
    },
    {
      title: "the end of the packet is not tested far enough",
      edits: [[`r4 += \${54 + letters.length}`, "r4 += 54"]],
      fails: ["a4/2.v1", "a4/2.h1"],
      says: /outside of the packet/,
    },
  ],
  a5: [
    {
      title: "nanoseconds instead of microseconds",
      edits: [["(nsecs - @since[tid]) / 1000)", "nsecs - @since[tid])"]],
      fails: ["a5/1.v1", "a5/1.h1"],
      mistake: "unit",
    },
    {
      title: "the map has another name",
      edits: [[`@\${my.times}[comm]`, "@times[comm]"]],
      fails: ["a5/1.v1", "a5/1.h1"],
      mistake: "name",
    },
    {
      title: "all calls are slow",
      edits: [[`/ 1000 >= \${my.least}`, ">= 0"]],
      fails: ["a5/2.v1", "a5/2.h1"],
      mistake: "all",
    },
    {
      title: "a bracket is missing",
      edits: [["delete(@begun[tid]);\n}", "delete(@begun[tid]);\n"]],
      fails: ["a5/2.v1", "a5/2.h1"],
      says: /bpftrace takes the program/,
    },
  ],
  a6: [
    {
      title: "fields are in the opposite order",
      edits: [
        ["my.fields.map((field) => forms[field][0])", "my.fields.toReversed().map((field) => forms[field][0])"],
        ["my.fields.map((field) => forms[field][1])", "my.fields.toReversed().map((field) => forms[field][1])"],
      ],
      fails: ["a6/1.v1", "a6/1.h1"],
      mistake: "order",
    },
    {
      title: "output is written down instead of made",
      edits: [["const starts =", 'const starts = `BEGIN { printf("1006 0 ls\\\\n"); }`; const honest =']],
      fails: ["a6/1.v1", "a6/1.h1"],
    },
    {
      title: "short lives are printed",
      edits: [[`if ($ms >= \${my.least})`, "if ($ms >= 0)"]],
      fails: ["a6/2.v1", "a6/2.h1"],
      mistake: "all",
    },
  ],
  a7: [
    {
      title: "BPF_PROBE_READ without the attribute: offsets are those of the declaration",
      edits: [
        ["BPF_CORE_READ(task, real_parent, tgid)", "BPF_PROBE_READ(task, real_parent, tgid)"],
        [
          "struct task_struct *real_parent;\n} __attribute__((preserve_access_index));",
          "struct task_struct *real_parent;\n};",
        ],
      ],
      fails: ["a7/1.v1", "a7/1.h1"],
      mistake: "offset",
    },
    {
      title: "the old name is not known",
      edits: [["state = BPF_CORE_READ(old, state);", "state = 1;"]],
      fails: ["a7/2.h1"],
      mistake: "bent",
    },
    {
      title: "nobody asks whether the member is there",
      edits: [[`	if (bpf_core_field_exists(task->\${my.member}))\n`, ""]],
      fails: ["a7/2.v2", "a7/2.h2"],
      mistake: "unasked",
      says: /failed to resolve CO-RE relocation/,
    },
  ],
  a8: [
    {
      title: "everything is refused",
      edits: [[`    if w1 != \${wanted} goto out\n`, ""]],
      fails: ["a8/1.v1", "a8/1.h1"],
      mistake: "refused",
    },
    {
      title: "the port is in the byte order of the machine",
      edits: [["((my.port & 0xff) << 8) | (my.port >> 8)", "my.port"]],
      fails: ["a8/2.v1", "a8/2.h1"],
      mistake: "let-through",
    },
    {
      title: "root is refused too",
      edits: [["    if w0 == 0 goto allow\n", ""]],
      fails: ["a8/2.v1", "a8/2.h1"],
      mistake: "refused",
    },
    {
      title: "refusals are not counted twice",
      edits: [["    r1 = 1\n    lock *(u64 *)(r0 + 0) += r1\n    goto refuse\nfirst:\n", "first:\n"]],
      fails: ["a8/2.h1"],
      mistake: "overwritten",
    },
  ],
  a9: [
    {
      title: "the busy database is blamed",
      edits: [['submit("a9/1", diagnosis)', 'submit("a9/1", { ...diagnosis, culprit: "postgres" })']],
      fails: ["a9/1.h2"],
      mistake: "busy",
    },
    {
      title: "the culprit of the example is written down",
      edits: [
        [
          "detectors[my.family];",
          `\`BEGIN { @\${my.suspects}["\${my.family === "disk" ? 266338336 : my.example.culprit}"] = 1; }\`;`,
        ],
      ],
      fails: ["a9/2.h1"],
    },
    {
      title: "whoever makes the most system calls is named",
      edits: [
        ["detectors[my.family];", `\`tracepoint:raw_syscalls:sys_enter { @\${my.suspects}[comm] = count(); }\`;`],
      ],
      fails: ["a9/2.v1", "a9/2.h1"],
    },
    {
      title: "the map has another name",
      edits: [["detectors[my.family];", "detectors[my.family].replaceAll(my.suspects, 'suspects');"]],
      fails: ["a9/2.v1", "a9/2.h1"],
      mistake: "name",
    },
  ],
  a10: [
    {
      title: "a third of what happens is left out",
      edits: [['submit("a10/1", tool)', 'submit("a10/1", tool.replace("/ {", " && nsecs % 3 != 0/ {"))']],
      fails: ["a10/1.h1"],
      mistake: "missing",
    },
    {
      title: "there are rows without the condition, too",
      edits: [['submit("a10/1", tool)', 'submit("a10/1", tool + "\\n" + tools[brief]!.replace(/\\/.*?\\/ {/, "{"))']],
      fails: ["a10/1.v1", "a10/1.h2"],
      mistake: "more",
    },
    {
      title: "every system call is looked at",
      edits: [
        ['submit("a10/1", tool)', 'submit("a10/1", tool + " tracepoint:raw_syscalls:sys_enter { @n = count(); }")'],
      ],
      fails: ["a10/1.h3"],
      mistake: "expensive",
    },
    {
      title: "rows are counted with the heading",
      edits: [["rows: rows.length, most };", "rows: rows.length + 1, most };"]],
      fails: ["a10/2.h1"],
    },
  ],
};
