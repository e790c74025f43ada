/**
 * Tracepoints of one category by name: `[id, fields, print format]`. Fields are separated by `; `, each is
 * `TYPE NAME OFFSET SIZE` with an `s` behind the size where it is signed, as the format text of tracefs says; the four common
 * ones are left out. Facts of one build of Linux 6.18.44 for x86-64 (ids are given out when Linux is built and started).
 */
export type EventRows = Readonly<Record<string, readonly [id: number, fields: string, print: string]>>;
