/** Follows each request from being asked for to its end; `done` may use `$rq`, `@asked`, `@start`, `@bytes`, `@comm` and `@pid` of `arg0`. */
export const REQUEST_PROGRAM = (done: string): string => `
      kprobe:blk_account_io_start {
        @asked[arg0] = nsecs;
        @comm[arg0] = comm;
        @pid[arg0] = pid;
      }
      kprobe:blk_mq_start_request {
        @start[arg0] = nsecs;
        @bytes[arg0] = (uint64)((struct request *)arg0)->__data_len;
      }
      kprobe:blk_account_io_done /@start[arg0]/ {
        $rq = (struct request *)arg0;
        ${done}
        delete(@start, arg0);
        delete(@bytes, arg0);
        delete(@asked, arg0);
        delete(@comm, arg0);
        delete(@pid, arg0);
      }`;

const OPERATIONS: Readonly<Record<number, string>> = {
  ...{
    0: "Read",
    1: "Write",
    2: "Flush",
    3: "Discard",
    5: "SecureErase",
    6: "ZoneReset",
    7: "WriteSame",
    9: "WriteZeros",
  },
};

/** Flags of a request by bit, the highest first, as bcc names them. */
const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  ...([
    [21, "NoWait"],
    [20, "Background"],
    [19, "ReadAhead"],
    [18, "Preflush"],
    [17, "ForcedUnitAccess"],
  ] as const),
  ...([
    [16, "Integrity"],
    [15, "Idle"],
    [14, "NoMerge"],
    [13, "Priority"],
    [12, "Metadata"],
    [11, "Sync"],
  ] as const),
];

/** `cmd_flags` of a request in words: `Sync-Write`, `ReadAhead-Read`. */
export const requestWords = (flags: number): string =>
  [...FLAGS.filter(([bit]) => (flags >>> bit) & 1).map(([, name]) => name), OPERATIONS[flags & 0xff] ?? "Unknown"].join(
    "-",
  );
