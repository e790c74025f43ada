import type { Sys } from "../../linux/sys.ts";
import type { UserCode } from "../../linux/task.ts";
import { assignment } from "../assignment/assignment.ts";
import type { Inspector } from "../assignment/inspector.ts";
import { readMap } from "./map-contents.ts";

/** One attempt to connect, and whether the policy refuses it. */
interface Attempt {
  readonly uid: number;
  readonly address: string;
  readonly port: number;
  readonly refused: boolean;
}

const EPERM = -1;

/** Makes the attempts on a machine with the answer attached, and tests what each of them got; gives the loaded program. */
function policy(answer: unknown, attempts: readonly Attempt[], it: Inspector) {
  const lab = it.lab();
  const program = lab.load(it.accept(answer, "lsm"));
  lab.attach(program, "lsm:socket_connect");
  for (const { uid, address, port, refused } of attempts) {
    const got: number[] = [];
    const code = function* (sys: Sys): UserCode {
      got.push(yield sys.connect(yield sys.socket(), address, port));
    };
    lab.machine.linux.process({ comm: "client", uid, gid: uid, program: code });
    lab.pass(10);
    it.on(`user ${uid} connects to ${address}:${port}`);
    const mistake = refused ? "let-through" : "refused";
    const outcome = got[0] === EPERM ? "EPERM" : "not refused";
    it.equal("the attempt", outcome, refused ? "EPERM" : "not refused", { [JSON.stringify(outcome)]: mistake });
  }
  return program;
}

/** Another address that differs in one byte only. */
const near = (address: string): string => address.replace(/\d+$/, (last) => String((Number(last) % 250) + 1));

/** Who may connect where: a program decides. */
export const A08 = assignment({
  id: "a8",
  title: "A policy by LSM",
  summary: "Programs at lsm:socket_connect that refuse connections: to one address, then to a port, unless root asks.",
  lesson: "16",
  source: "a08-policy-by-lsm",
  revision: 1,
  variant: (v) => ({
    address: v.address("address"),
    port: v.number("port", 1024, 60000),
    refusals: `${v.name("map")}_r`,
  }),
  tasks: [
    {
      id: "a8/1",
      title: "One address",
      points: 4,
      submit: { name: "guard", kind: "program" },
      visible: [
        {
          title: "the address is refused, another is not",
          run({ answer, params: { address }, it }) {
            const attempt = { uid: 1000, port: 80 };
            policy(
              answer,
              [
                { ...attempt, address, refused: true },
                { ...attempt, address: "127.0.0.1", refused: false },
              ],
              it,
            );
          },
        },
      ],
      hidden: [
        {
          title: "any port and user, and addresses beside it",
          weight: 2,
          run({ answer, params: { address }, it, v }) {
            policy(
              answer,
              [
                { uid: 0, address, port: v.number("port a", 1, 65535), refused: true },
                { uid: 1001, address: near(address), port: 80, refused: false },
                { uid: 1002, address: v.address("other"), port: v.number("port b", 1, 65535), refused: false },
              ],
              it,
            );
          },
        },
      ],
      hints: [
        "The second argument, at r1 + 8, is the address of a struct sockaddr_in: family (2 bytes), port (2), address (4), in network byte order.",
        "bpf_probe_read_kernel copies it to the stack; compare the four bytes; return -1 (EPERM) or 0.",
      ],
      mistakes: {
        "let-through": "This one should have been refused. Is the byte order that of the network?",
        refused: "This one should have been let through: compare the whole address.",
      },
    },
    {
      id: "a8/2",
      title: "A port, unless root asks",
      points: 6,
      submit: { name: "counted", kind: "program" },
      visible: [
        {
          title: "a user is refused, root is not",
          run({ answer, params: { port }, it }) {
            const address = "127.0.0.1";
            policy(
              answer,
              [
                { uid: 1000, address, port, refused: true },
                { uid: 0, address, port, refused: false },
              ],
              it,
            );
          },
        },
      ],
      hidden: [
        {
          title: "any address and user, ports beside it, and refusals are counted by user",
          weight: 2,
          run({ answer, params: { port, refusals }, it, v }) {
            const [first, second] = [v.number("uid a", 1000, 2000), v.number("uid b", 3000, 4000)];
            const program = policy(
              answer,
              [
                { uid: first, address: v.address("one"), port, refused: true },
                { uid: second, address: v.address("two"), port, refused: true },
                { uid: first, address: v.address("three"), port, refused: true },
                { uid: first, address: v.address("one"), port: port + 1, refused: false },
                { uid: 0, address: v.address("one"), port, refused: false },
              ],
              it,
            );
            const counts = readMap(it, program, refusals, 4, 8);
            it.on("three attempts of two users that were refused");
            it.equal("refusals of the first user", counts.get(BigInt(first)) ?? 0n, 2n, {
              0: "uncounted",
              1: "overwritten",
            });
            it.equal("refusals of the second user", counts.get(BigInt(second)) ?? 0n, 1n, { 0: "uncounted" });
            it.equal("refusals of root", counts.get(0n) ?? 0n, 0n);
          },
        },
      ],
      hints: [
        "bpf_get_current_uid_gid gives the user in the lower half of r0.",
        "Compare the port as it lies in memory: swap its two bytes in the constant. Count in a hash before you return -1.",
      ],
      mistakes: {
        "let-through": "This one should have been refused. Is the byte order of the port that of the network?",
        refused: "This one should have been let through: root may, and other ports are free.",
        uncounted: "A refusal is not counted: the key is the user's number, in four bytes.",
        overwritten: "A second refusal overwrites the first: look the key up before you update.",
      },
    },
  ],
});
