/** What differs between releases of bpftrace in what they print. */
export interface Style {
  /** Behind the name of a histogram. */
  readonly histogramHeader: string;
  /** Blanks before the frames of a stack in a key. */
  readonly stackIndent: number;
  readonly stats: (count: bigint, average: bigint, total: bigint) => string;
  /** A blank line behind maps of averages and statistics. */
  readonly blankAfterStats: boolean;
  /** What an empty map prints. */
  readonly emptyMap: string;
  readonly attached: (probes: number) => string;
  /** The number of probes stands beside `data`, too. */
  readonly jsonCount: boolean;
}

/** Releases whose output is reproduced. */
export const STYLES = {
  "0.17": {
    histogramHeader: ": ",
    stackIndent: 4,
    stats: (count, average, total) => `count ${count}, average ${average}, total ${total}`,
    blankAfterStats: true,
    emptyMap: "\n",
    attached: (probes) => `Attaching ${probes} probe${probes === 1 ? "" : "s"}...\n`,
    jsonCount: false,
  },
  "0.26": {
    histogramHeader: ":",
    stackIndent: 8,
    stats: (count, average, total) => `{ .count = ${count}, .average = ${average}, .total = ${total} }`,
    blankAfterStats: false,
    emptyMap: "",
    attached: (probes) => `Attached ${probes} probe${probes === 1 ? "" : "s"}\n`,
    jsonCount: true,
  },
} as const satisfies Readonly<Record<string, Style>>;

export type ReleaseStyle = keyof typeof STYLES;
