import type { WrongAnswers } from "./wrong-answer.ts";

type Rows = readonly { readonly disk: string; readonly latencyMs: number }[];
const most = (of: (times: readonly number[]) => number) => (rows: Rows) =>
  [...Map.groupBy(rows, ({ disk }) => disk)]
    .map(([disk, each]) => ({ disk, value: of(each.map(({ latencyMs }) => latencyMs)) }))
    .sort((a, b) => b.value - a.value)[0]!.disk;
const sum = (times: readonly number[]) => times.reduce((all, one) => all + one, 0);

export const WRONG_22: WrongAnswers = {
  "22-1": [
    { answer: ["top", "biolatency", "runqlat", "profile", "tcplife"], mistake: "top" },
    { answer: ["execsnoop", "biosnoop", "runqlat", "profile", "tcplife"], mistake: "each" },
    { answer: ["execsnoop", "biolatency", "profile", "profile", "tcplife"], mistake: "waits" },
    { answer: ["execsnoop", "biolatency", "runqlat", "runqlat", "tcplife"], mistake: "where" },
    { answer: ["execsnoop", "biolatency", "runqlat", "profile", "tcpconnect"], mistake: "begins" },
  ],
  "22-2": [
    { answer: "opensnoop-bpfcc -x", mistake: "process" },
    { answer: "opensnoop-bpfcc -p 1234", mistake: "works" },
    { answer: "opensnoop-bpfcc -x -n reports", mistake: "name" },
    { answer: "statsnoop-bpfcc -x -p 1234", mistake: "tool" },
  ],
  "22-3": [
    { answer: most((times) => Math.max(...times)), mistake: "outlier" },
    { answer: most((times) => sum(times) / times.length), mistake: "outlier" },
    { answer: most(sum), mistake: "sum" },
    { answer: most(({ length }) => length), mistake: "sum" },
  ],
};
