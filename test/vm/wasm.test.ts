import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Bytes } from "../../src/vm/wasm/bytes.ts";
import { ModuleBuilder } from "../../src/vm/wasm/module.ts";
import { WASM, type WasmName } from "../../src/vm/wasm/opcodes.ts";
import { watOf } from "./wat.ts";

/** LEB128 as its definition says: seven bits a byte, lowest first; signed numbers extend the last byte's bit 6. */
function readLeb128(bytes: Uint8Array, signed: boolean): bigint {
  let value = 0n;
  let shift = 0n;
  for (const byte of bytes) {
    value |= BigInt(byte & 0x7f) << shift;
    shift += 7n;
  }
  return signed && bytes.at(-1)! & 0x40 ? value - (1n << shift) : value;
}

describe("LEB128", () => {
  test("unsigned", () => {
    expect([...new Bytes().unsigned(624485).data]).toEqual([0xe5, 0x8e, 0x26]);
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), (value) => {
        expect(readLeb128(new Bytes().unsigned(value).data, false)).toBe(BigInt(value));
      }),
    );
  });

  test("signed, 32 bits", () => {
    expect([...new Bytes().signed(-123456).data]).toEqual([0xc0, 0xbb, 0x78]);
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const { data } = new Bytes().signed(value);
        expect(readLeb128(data, true)).toBe(BigInt(value));
        expect(data.length).toBeLessThanOrEqual(5);
      }),
    );
  });

  test("signed, 64 bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }), (value) => {
        const { data } = new Bytes().signed64(value);
        expect(readLeb128(data, true)).toBe(BigInt.asIntN(64, value));
        expect(data.length).toBeLessThanOrEqual(10);
      }),
    );
  });
});

describe("modules", () => {
  test("a function with parameters, locals, a global and an import", () => {
    const module = new ModuleBuilder();
    const twice = module.importFunction("env", "twice", ["i32"], ["i32"]);
    const calls = module.global("i32");
    const f = module.function(["i32", "i32"], ["i32"]);
    const sum = f.local("i32");
    f.get(0).get(1).op("i32.add").set(sum);
    f.indexed("global.get", calls).i32(1).op("i32.add").indexed("global.set", calls);
    f.get(sum).call(twice);
    module.exportFunction("f", f.index);
    module.exportGlobal("calls", calls);
    const bytes = module.finish();
    expect(WebAssembly.validate(bytes)).toBe(true);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
      env: { twice: (x: number) => 2 * x },
    });
    const call = exports.f as (a: number, b: number) => number;
    expect(call(3, 4)).toBe(14);
    expect(call(-3, 1)).toBe(-4);
    expect((exports.calls as WebAssembly.Global).value).toBe(2);
  });

  test("equal types are one", () => {
    const module = new ModuleBuilder();
    expect(module.type(["i32"], [])).toBe(module.type(["i32"], []));
    expect(module.type(["i32"], [])).not.toBe(module.type([], ["i32"]));
  });

  test("code beyond the first buffer, and constants of all lengths", async () => {
    const module = new ModuleBuilder();
    const f = module.function([], ["i64"]);
    f.i64(0n);
    let expected = 0n;
    for (let bit = 0n; bit < 64n; bit++) {
      f.i64(1n << bit)
        .op("i64.add")
        .i64(-(1n << bit))
        .op("i64.xor");
      expected = BigInt.asIntN(64, (expected + (1n << bit)) ^ -(1n << bit));
    }
    module.exportFunction("f", f.index);
    const bytes = module.finish();
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
    expect((exports.f as () => bigint)()).toBe(expected);
    expect(await watOf(bytes)).toContain("i64.const -9223372036854775808");
  });
});

describe("opcodes", () => {
  // wabt prints the name of every instruction; the rows name them alike.
  const operandTypes = (name: WasmName) => (name.startsWith("i32") ? "i32" : "i64");
  const rows = (Object.keys(WASM) as WasmName[]).filter((name) => /^i(32|64)\.(?!const|wrap|extend_i32)/.test(name));

  test.each(rows)("%s is what wabt calls it", async (name) => {
    const module = new ModuleBuilder();
    module.importMemory("env", "memory");
    const f = module.function(["i32", "i64"], []);
    const operand = () => f.get(operandTypes(name) === "i32" ? 0 : 1);
    const row = WASM[name];
    if (row[1] === "memory") {
      f.get(0);
      if (name.includes("store")) operand();
      f.memory(name as "i64.load", 4);
      if (!name.includes("store")) f.op("drop");
    } else {
      operand();
      if (!/eqz|extend/.test(name)) operand();
      f.op(name as "i64.add", "drop");
    }
    expect(await watOf(module.finish())).toContain(`${name}${row[1] === "memory" ? " offset=4" : "\n"}`);
  });
});
