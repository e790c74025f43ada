import type { Machine } from "../../../src/machine.ts";
import type { WrongAnswers } from "./wrong-answer.ts";

type Programs = readonly { readonly id: number; readonly name: string; readonly map_ids?: readonly number[] }[];
const programs = (m: Machine) => m.bpftool("prog list").data as Programs;
const blocked = (m: Machine) => (m.bpftool("map list").data as Programs).find(({ name }) => name === "blocked")!.id;

export const WRONG_21: WrongAnswers = {
  "21-1": [
    { answer: [168, 10_000, "0a 00 00 09"], mistake: "bytes" },
    { answer: [21, 0x10270000, "0a 00 00 09"], mistake: "order" },
    { answer: [21, 10_000, "09 00 00 0a"], mistake: "reversed" },
    { answer: [21, 10_000, "10 00 00 09"], mistake: "decimal" },
  ],
  "21-2": [
    { answer: "bpftool map update id 456 key 0x04 0xd2 0x00 0x00 value 7", mistake: "order" },
    { answer: "bpftool map update id 456 key 0x00 0x00 0x04 0xd2 value 7", mistake: "order" },
    { answer: "map update id 456 key 1234 0 0 0 value 7", mistake: "byte" },
    { answer: "bpftool map update id 456 key 0xd2 0x04 0x00 0x00 value 7 0 0 0", mistake: "value" },
    { answer: "bpftool map update id 456 key 1234 value 7", mistake: "short" },
  ],
  "21-3": [
    { answer: (m: Machine) => programs(m).map(({ name }) => name), mistake: "all" },
    {
      answer: (m: Machine) =>
        programs(m)
          .filter(({ map_ids }) => map_ids?.[0] === blocked(m))
          .map(({ name }) => name),
      mistake: "first",
    },
    {
      answer: (m: Machine) =>
        programs(m)
          .filter(({ map_ids }) => map_ids?.includes(457))
          .map(({ name }) => name),
      mistake: "fixed",
    },
    {
      answer: (m: Machine) =>
        programs(m)
          .filter(({ map_ids }) => map_ids?.includes(blocked(m)))
          .map(({ id }) => id),
      mistake: "ids",
    },
  ],
};
