import { chmodSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeMessage, encodeMessage, isRejected } from "../../kernel/wire/codec.ts";
import { ConnectionFileError, endpoint, parseConnection, readConnectionFile } from "../../kernel/wire/connection.ts";
import { createHeader, type Message } from "../../kernel/wire/message.ts";
import { isRequestType, REQUESTS, RequestError } from "../../kernel/wire/requests.ts";
import { Signer } from "../../kernel/wire/signing.ts";

const frames = ["{}", "{}", "{}", "{}"].map((text) => Buffer.from(text));

describe("signing", () => {
  test("a signature is the HMAC of the four frames, in hex", () => {
    // Worked out with Python: hmac.new(b"key", b"{}{}{}{}", "sha256").hexdigest()
    expect(new Signer("key").sign(frames)).toBe("ca767b02c5bc061ed184a9a029e7f93a7f2f7ed4e8fe74120fc1212f0b008fa3");
  });

  test("a good signature holds once, and a second time it is a replay", () => {
    const signer = new Signer("key");
    const signature = signer.sign(frames);
    expect(signer.verify(frames, signature)).toBeUndefined();
    expect(signer.verify(frames, signature)).toBe("replayed");
  });

  test("a changed frame, another key, a cut or empty signature are forged", () => {
    const signature = new Signer("key").sign(frames);
    const changed = [Buffer.from('{"a":1}'), ...frames.slice(1)];
    expect(new Signer("key").verify(changed, signature)).toBe("forged");
    expect(new Signer("other").verify(frames, signature)).toBe("forged");
    expect(new Signer("key").verify(frames, signature.slice(0, -1))).toBe("forged");
    expect(new Signer("key").verify(frames, "")).toBe("forged");
    expect(new Signer("key").verify(frames, "é".repeat(32))).toBe("forged");
  });

  test("a forged message is not remembered, so the good one with its signature still holds", () => {
    const signer = new Signer("key");
    const signature = signer.sign(frames);
    expect(signer.verify([...frames.slice(1), Buffer.from("x")], signature)).toBe("forged");
    expect(signer.verify(frames, signature)).toBeUndefined();
  });

  test("old signatures are forgotten, recent ones are not", () => {
    const signer = new Signer("key");
    const nth = (index: number): [Buffer[], string] => {
      const numbered = [Buffer.from(String(index)), ...frames.slice(1)];
      return [numbered, signer.sign(numbered)];
    };
    for (let index = 0; index < 66_000; index++) signer.verify(...nth(index));
    expect(signer.verify(...nth(65_999))).toBe("replayed");
    expect(signer.verify(...nth(0))).toBeUndefined();
  });

  test("an empty key signs nothing and takes everything", () => {
    const signer = new Signer("");
    expect(signer.sign(frames)).toBe("");
    expect(signer.verify(frames, "")).toBeUndefined();
    expect(signer.verify(frames, "anything")).toBeUndefined();
  });

  test("an unknown hash is refused at the start", () => {
    expect(() => new Signer("key", "md17")).toThrow(/digest/i);
  });
});

describe("messages", () => {
  const signer = (): Signer => new Signer("key");
  const sample: Message<object> = {
    identities: [Buffer.from("peer")],
    header: createHeader("execute_request", "session"),
    parent: undefined,
    metadata: { a: 1 },
    content: { code: "1 + 1 // ünïcödé 🎉" },
    buffers: [Buffer.from([0, 255])],
  };

  test("what is encoded is decoded", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 3 }),
        fc.boolean(),
        (content, buffers, hasParent) => {
          const message = {
            ...sample,
            // JSON has no negative zero.
            content: JSON.parse(JSON.stringify(content)),
            buffers: buffers.map((bytes) => Buffer.from(bytes)),
            parent: hasParent ? sample.header : undefined,
          };
          expect(decodeMessage(encodeMessage(message, signer()), signer())).toEqual(message);
        },
      ),
    );
  });

  test("anything else is rejected and never throws", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 9 }), (random) => {
        const result = decodeMessage(
          [Buffer.from("<IDS|MSG>"), ...random.map((bytes) => Buffer.from(bytes))],
          signer(),
        );
        expect(isRejected(result)).toBe(true);
      }),
    );
    expect(decodeMessage([], signer())).toMatchObject({ rejected: "malformed" });
    expect(decodeMessage([Buffer.from("x")], signer())).toMatchObject({ rejected: "malformed" });
  });

  test("well signed nonsense is malformed", () => {
    for (const bad of ["[]", "null", "{", '{"msg_id":1}']) {
      const signed = [bad, "{}", "{}", "{}"].map((text) => Buffer.from(text));
      const received = [Buffer.from("<IDS|MSG>"), Buffer.from(signer().sign(signed)), ...signed];
      expect(decodeMessage(received, signer())).toMatchObject({ rejected: "malformed" });
    }
  });

  test("every flipped bit of the signed frames is noticed", () => {
    const encoded = encodeMessage(sample, signer());
    for (let frame = 3; frame < 7; frame++) {
      const copy = encoded.map((bytes) => Buffer.from(bytes));
      copy[frame]![0]! ^= 1;
      expect(decodeMessage(copy, signer())).toMatchObject({ rejected: "forged" });
    }
  });
});

describe("requests", () => {
  test("an execute_request of code alone has the protocol's defaults", () => {
    expect(REQUESTS.execute_request.read({ code: "1" })).toEqual({
      code: "1",
      silent: false,
      storeHistory: true,
      userExpressions: {},
      allowStdin: true,
      stopOnError: true,
    });
  });

  test("a silent request is never stored", () => {
    expect(REQUESTS.execute_request.read({ code: "", silent: true, store_history: true }).storeHistory).toBe(false);
  });

  test("what has no default is missed by name", () => {
    expect(() => REQUESTS.execute_request.read({})).toThrow(RequestError);
    expect(() => REQUESTS.history_request.read({ hist_access_type: 5 })).toThrow(/"range", "tail" or "search"/);
  });

  test("a request of any content is read, or refused with a RequestError", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.keys(REQUESTS)),
        fc.dictionary(fc.string(), fc.jsonValue()),
        (type, content) => {
          if (!isRequestType(type)) return;
          try {
            REQUESTS[type].read(JSON.parse(JSON.stringify(content)));
          } catch (error) {
            expect(error).toBeInstanceOf(RequestError);
          }
        },
      ),
    );
  });

  test("names of Object's own are no requests", () => {
    expect(isRequestType("toString")).toBe(false);
    expect(isRequestType("execute_request")).toBe(true);
  });
});

describe("connection file", () => {
  const good = {
    transport: "tcp",
    ip: "127.0.0.1",
    shell_port: 1,
    control_port: 2,
    iopub_port: 3,
    stdin_port: 4,
    hb_port: 5,
    key: "k",
    signature_scheme: "hmac-sha256",
    kernel_name: "bpfbook",
  };

  test("gives endpoints for tcp and ipc", () => {
    expect(endpoint(parseConnection(good, "f"), "iopub")).toBe("tcp://127.0.0.1:3");
    expect(endpoint(parseConnection({ ...good, transport: "ipc", ip: "/tmp/k" }, "f"), "hb")).toBe("ipc:///tmp/k-5");
  });

  test.each([
    ["shell_port", "80"],
    ["hb_port", 70_000],
    ["ip", 5],
    ["transport", "udp"],
    ["signature_scheme", "none"],
    ["key", ""],
    ["key", undefined],
  ])("names a wrong %s", (field, value) => {
    expect(() => parseConnection({ ...good, [field]: value }, "the.json")).toThrow(ConnectionFileError);
    expect(() => parseConnection({ ...good, [field]: value }, "the.json")).toThrow(`the.json: "${field}"`);
  });

  test("a missing or unreadable file is one clear error", () => {
    const folder = mkdtempSync(join(tmpdir(), "connection-"));
    expect(() => readConnectionFile(join(folder, "none.json"))).toThrow(ConnectionFileError);
    writeFileSync(join(folder, "bad.json"), "{");
    expect(() => readConnectionFile(join(folder, "bad.json"))).toThrow(/not a readable JSON file/);
    writeFileSync(join(folder, "good.json"), JSON.stringify(good));
    expect(readConnectionFile(join(folder, "good.json")).kernelName).toBe("bpfbook");
  });

  test("is nobody else's to read, whoever wrote it how", () => {
    const file = join(mkdtempSync(join(tmpdir(), "connection-")), "open.json");
    writeFileSync(file, JSON.stringify(good));
    chmodSync(file, 0o664);
    readConnectionFile(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("a socket in the file system needs no key", () => {
    expect(parseConnection({ ...good, transport: "ipc", key: "" }, "f").key).toBe("");
  });
});
