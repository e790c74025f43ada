/** One row an opcode of classic BPF, with the text that `tcpdump -d` prints. `#k`, `[k]`, `M[k]` stand for the constant. */
export const CLASS = { LD: 0, LDX: 1, ST: 2, STX: 3, ALU: 4, JMP: 5, RET: 6, MISC: 7 } as const;

const SIZES = [
  ["", 0x00],
  ["h", 0x08],
  ["b", 0x10],
] as const;
const ARITHMETIC = {
  add: 0x00,
  sub: 0x10,
  mul: 0x20,
  div: 0x30,
  or: 0x40,
  and: 0x50,
  lsh: 0x60,
  rsh: 0x70,
  mod: 0x90,
  xor: 0xa0,
};
export const JUMPS = { jeq: 0x10, jgt: 0x20, jge: 0x30, jset: 0x40 } as const;

/** Opcodes that Linux knows: text by number. */
export const CLASSIC_OPCODES: ReadonlyMap<number, string> = new Map<number, string>([
  ...SIZES.flatMap(([name, size]): [number, string][] => [
    [0x20 | size, `ld${name} [k]`],
    [0x40 | size, `ld${name} [x + k]`],
  ]),
  [0x80, "ld #pktlen"],
  [0x00, "ld #k"],
  [0x60, "ld M[k]"],
  [0x81, "ldx #pktlen"],
  [0x01, "ldx #k"],
  [0x61, "ldx M[k]"],
  [0xb1, "ldxb 4*([k]&0xf)"],
  [0x02, "st M[k]"],
  [0x03, "stx M[k]"],
  ...Object.entries(ARITHMETIC).flatMap(([name, op]): [number, string][] => [
    [0x04 | op, `${name} #k`],
    [0x0c | op, `${name} x`],
  ]),
  [0x84, "neg"],
  [0x05, "ja k"],
  ...Object.entries(JUMPS).flatMap(([name, op]): [number, string][] => [
    [0x05 | op, `${name} #k`],
    [0x0d | op, `${name} x`],
  ]),
  [0x06, "ret #k"],
  [0x16, "ret a"],
  [0x07, "tax"],
  [0x87, "txa"],
]);

/** Loads at these offsets (`SKF_AD_OFF` + number) read not the packet but what Linux knows of it. */
export const EXTENSION = 0xffff_f000;
/** Numbers that Linux knows, from 0 on. */
export const EXTENSIONS = [
  ...["protocol", "pkttype", "ifindex", "nlattr", "nlattr_nest", "mark", "queue", "hatype", "rxhash", "cpu", "xor_x"],
  ...["vlan_tag", "vlan_tag_present", "pay_offset", "random", "vlan_tpid"],
] as const;
