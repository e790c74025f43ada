import { type Exercise, exercise } from "../exercise.ts";
import { Lab } from "../lab.ts";

/** Records that a ring buffer of 4096 bytes holds when each takes 16. */
const FULL = 255;
/** What an exercise's process opens with success, and without. */
const [SUCCESSES, FAILURES] = [300, 40];

export const LESSON_23: readonly Exercise[] = [
  exercise({
    id: "23-1",
    title: "How many fit?",
    hints: [
      "Each record has 8 bytes before it, and takes a multiple of 8.",
      "50 + 8 = 58, which takes 64. 8192 / 64 comes out even: what does the lesson's row of 24 bytes say of that?",
    ],
    mistakes: {
      bare: "Before each record stand 8 bytes: its length.",
      rounding: "A record begins at a multiple of 8, so 58 bytes take more than 58.",
      full: "A ring buffer is never quite full: the last byte stays free.",
    },
    check: (answer, it) =>
      it.answer("the number of records", it.whole(answer), 127, {
        "163": "bare",
        "146": "bare",
        "141": "rounding",
        "128": "full",
      }),
  }),
  exercise({
    id: "23-2",
    title: "How large?",
    hints: [
      "How many records come in 20 ms? How many bytes does each of them take?",
      "1200 records of 56 bytes are 67,200 bytes. Which sizes may a ring buffer have?",
    ],
    mistakes: {
      header: "57,600 bytes of data are not all: each record takes 8 bytes more.",
      power: "A ring buffer's size is a power of two.",
      second: "That holds a whole second. The reader is away for 20 ms.",
    },
    check: (answer, it) =>
      it.answer("the size", it.whole(answer), 131_072, {
        "65536": "header",
        "57600": "header",
        "67200": "power",
        "69632": "power",
        "4194304": "second",
        "3360000": "second",
      }),
  }),
  exercise({
    id: "23-3",
    title: "Say what you missed",
    hints: [
      "bpf_ringbuf_output gives 0 when the record was sent. What is to be done then?",
      "The key of missed is 0, so put a 0 onto the stack; then look up, ask for null, add.",
      "... call bpf_ringbuf_output / if r0 == 0 goto out / *(u32 *)(r10 - 4) = 0 / r1 = map[missed] / r2 = r10 / r2 += -4 / call bpf_map_lookup_elem / if r0 == 0 goto out / r1 = 1 / lock *(u64 *)(r0 + 0) += r1 / out:",
    ],
    mistakes: {
      none: "Records were lost, and nothing is counted.",
      all: "All calls are counted, also those whose record was sent: leave when bpf_ringbuf_output gave 0.",
      sent: "Those that were sent are counted: 0 means that all is well.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program);
      const lab = new Lab(it);
      const loaded = lab.load(program);
      lab.attach(loaded, "tracepoint:syscalls:sys_enter_openat");
      lab.process(function* (sys) {
        for (let i = 0; i < FULL + 45; i++) yield sys.openat("/tmp/missing", 0);
      });
      const counts = program.maps.some(({ name }) => name === "missed");
      if (!counts) it.stop("the program counts in the map missed", "it only uses the others", "none");
      it.equal("records are sent until the buffer is full", lab.entries(loaded, "callers").length, FULL);
      const counted = Number(new Map(lab.entries(loaded, "missed")).get(0) ?? 0);
      const wrong = { "0": "none", [FULL + 45]: "all", [FULL]: "sent" } as const;
      it.equal("45 records found no room", counted, 45, wrong);
    },
  }),
  exercise({
    id: "23-4",
    title: "What must not be lost",
    hints: [
      "A failure is negative: compare with a sign, and send it at once.",
      "For a success: bpf_ringbuf_query with the ring buffer in r1 and 0 in r2. From 2048 on leave.",
      "if r6 s< 0 goto send / r1 = map[opens] / r2 = 0 / call bpf_ringbuf_query / if r0 >= 2048 goto out / send: ... / out: r0 = 0 / exit",
    ],
    mistakes: {
      full: "Successes fill the buffer to the end, and failures find no room: ask how much is taken before you send a success.",
      both: "Failures stop at half, too: send them without asking.",
      silent: "Successes are not sent at all, although half of the buffer is free.",
    },
    check: (answer, it) => {
      const program = it.program(answer, "tracepoint");
      it.accepted(program);
      const lab = new Lab(it);
      const loaded = lab.load(program);
      lab.attach(loaded, "tracepoint:syscalls:sys_exit_openat");
      lab.process(function* (sys) {
        for (let i = 0; i < SUCCESSES; i++) yield sys.close(yield sys.openat("/tmp/it", 0o101, 0o644));
        for (let i = 0; i < FAILURES; i++) yield sys.openat("/tmp/missing", 0);
      });
      const results = lab.entries(loaded).map(([, result]) => BigInt.asIntN(64, result as bigint));
      const failures = results.filter((result) => result < 0n).length;
      const successes = results.length - failures;
      const why = successes > 128 ? "full" : "silent";
      it.that("successes fill half of the buffer", successes === 128, `got ${successes} of 128`, why);
      it.that(`all ${FAILURES} failures are sent`, failures === FAILURES, `got ${failures} of ${FAILURES}`, "both");
    },
  }),
];
