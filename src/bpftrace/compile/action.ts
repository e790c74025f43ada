import { mayGoto, r0, r1, r2, r3, r7, store } from "../../asm/builder.ts";
import type { Action, Value } from "../analyse/typed.ts";
import { fieldsOf, isScalar, sizeOfType, type Type } from "../types/type.ts";
import { jumpIf } from "./condition.ts";
import { behind, type Emitter, recordType } from "./emitter.ts";
import { aggregate, deleteKey, setMap } from "./map-access.ts";
import { mapLoop } from "./map-loop.ts";
import { materialize } from "./memory.ts";
import { scalar } from "./scalar.ts";

/** Instructions of actions, one after the other. */
export function compileActions(e: Emitter, actions: readonly Action[]): void {
  for (const action of actions) compileAction(e, action);
}

function compileAction(e: Emitter, action: Action): void {
  switch (action.do) {
    case "evaluate":
      e.temporarily(() => evaluate(e, action.value));
      return;
    case "set-variable": {
      const at = e.variable(action.variable);
      e.temporarily(() => assign(e, action.value, at, action.variable.type));
      return;
    }
    case "set-map":
      e.temporarily(() => setMap(e, action));
      return;
    case "aggregate":
      e.temporarily(() => aggregate(e, action));
      return;
    case "delete":
      e.temporarily(() => deleteKey(e, action.map, action.key));
      return;
    case "emit":
      e.temporarily(() => emit(e, action));
      return;
    case "join":
      e.temporarily(() => join(e, action));
      return;
    case "call":
      helper(e, action);
      return;
    case "if": {
      const alternate = e.newLabel();
      const end = e.newLabel();
      e.temporarily(() => jumpIf(e, action.condition, alternate, false));
      compileActions(e, action.consequent);
      if (action.alternate.length > 0) e.jump(end);
      e.label(alternate);
      compileActions(e, action.alternate);
      e.label(end);
      return;
    }
    case "while": {
      const [next, end] = [e.newLabel(), e.newLabel()];
      e.label(next);
      // Linux lets a loop whose end it cannot see go on for a limited number of rounds.
      e.emit(mayGoto(end));
      e.temporarily(() => jumpIf(e, action.condition, end, false));
      loop(e, action.body, next, end);
      e.jump(next);
      e.label(end);
      return;
    }
    case "repeat": {
      const end = e.newLabel();
      for (let round = 0; round < action.times; round++) {
        const next = e.newLabel();
        loop(e, action.body, next, end);
        e.label(next);
      }
      e.label(end);
      return;
    }
    case "for-range":
      range(e, action);
      return;
    case "for-map":
      mapLoop(e, action);
      return;
    case "inline": {
      const { leave } = e;
      const end = e.newLabel();
      e.leave = end;
      compileActions(e, action.body);
      e.leave = leave;
      e.label(end);
      return;
    }
    case "break":
    case "continue": {
      const around = e.loops.at(-1);
      if (around === undefined) throw e.fault(`${action.do} used outside of a loop`);
      e.jump(action.do === "break" ? around.end : around.next);
      return;
    }
    case "return":
      e.jump(e.leave);
      return;
  }
}

/** A variable may be used in its own new value, so what is larger than a register is made aside. */
function assign(e: Emitter, value: Value, at: ReturnType<Emitter["variable"]>, type: Type): void {
  if (isScalar(type) || value.op === "string" || value.op === "str" || value.op === "stack" || value.op === "builtin") {
    materialize(e, value, at, type, true);
    return;
  }
  const aside = e.allocate(sizeOfType(type));
  materialize(e, value, aside, type, true);
  e.copy(at, aside, sizeOfType(type));
}

function evaluate(e: Emitter, value: Value): void {
  if (value.op === "choose" && value.type.kind === "none") {
    const [alternate, end] = [e.newLabel(), e.newLabel()];
    jumpIf(e, value.condition, alternate, false);
    evaluate(e, value.consequent);
    e.jump(end);
    e.label(alternate);
    evaluate(e, value.alternate);
    e.label(end);
    return;
  }
  if (value.op === "block" && value.type.kind === "none") {
    compileActions(e, value.actions);
    return;
  }
  if (isScalar(value.type)) {
    scalar(e, value);
    return;
  }
  const at = e.allocate(sizeOfType(value.type));
  materialize(e, value, at, value.type, false);
}

function loop(e: Emitter, body: readonly Action[], next: string, end: string): void {
  e.loops.push({ next, end });
  compileActions(e, body);
  e.loops.pop();
}

/** `for ($i : a..b)`: both ends are computed once. */
function range(e: Emitter, { variable, start, end: last, body }: Extract<Action, { do: "for-range" }>): void {
  const at = e.variable(variable);
  e.temporarily(() => {
    const counter = e.allocate(8);
    const limit = e.allocate(8);
    scalar(e, last);
    e.emit(store("u64", limit.base, limit.offset, r0));
    scalar(e, start);
    e.emit(store("u64", counter.base, counter.offset, r0));
    const [head, next, end] = [e.newLabel(), e.newLabel(), e.newLabel()];
    e.label(head);
    e.emit(mayGoto(end));
    e.emit(r0.load("u64", counter.base, counter.offset), r1.load("u64", limit.base, limit.offset), r0.jsge(r1, end));
    e.store(at, r0, variable.type);
    loop(e, body, next, end);
    e.label(next);
    e.emit(r0.load("u64", counter.base, counter.offset), r0.add(1), store("u64", counter.base, counter.offset, r0));
    e.jump(head);
    e.label(end);
  });
}

/** A record: the event's number, then its values. */
function emit(e: Emitter, { event, values }: Extract<Action, { do: "emit" }>): void {
  const type = recordType(event) as Extract<Type, { kind: "tuple" }>;
  const { fields, size } = fieldsOf(type);
  const record = e.allocate(size);
  const used = fields.reduce((sum, field) => sum + sizeOfType(field.type), 0);
  if (used < size) e.zero(record, size);
  e.emit(store("u64", record.base, record.offset, event.index));
  for (const [index, value] of values.entries()) {
    const field = fields[index + 1]!;
    e.temporarily(() => materialize(e, value, behind(record, field.offset), field.type, false));
  }
  e.output(record, size);
}

/** Reads pointers to texts up to one that is 0; texts that are not there are empty. */
function join(e: Emitter, { event, argv, count, length }: Extract<Action, { do: "join" }>): void {
  const size = 8 + count * length;
  const record = e.allocate(size);
  const pointer = e.allocate(8);
  const list = e.allocate(8);
  e.emit(store("u64", record.base, record.offset, event.index));
  for (let index = 0; index < count; index++) e.emit(store("u8", record.base, record.offset + 8 + index * length, 0));
  scalar(e, argv);
  e.emit(store("u64", list.base, list.offset, r0));
  const done = e.newLabel();
  for (let index = 0; index < count; index++) {
    e.address(r1, pointer);
    e.emit(r2.mov(8), r3.load("u64", list.base, list.offset), r3.add(8 * index));
    e.helper("probe_read_user");
    e.emit(r3.load("u64", pointer.base, pointer.offset), r3.jeq(0, done));
    e.address(r1, behind(record, 8 + index * length));
    e.emit(r2.mov(length));
    e.helper("probe_read_user_str");
  }
  e.label(done);
  e.output(record, size);
}

function helper(e: Emitter, action: Extract<Action, { do: "call" }>): void {
  const [value] = action.values;
  if (value === undefined) return;
  e.temporarily(() => scalar(e, value));
  if (action.helper === "send_signal") e.emit(r1.mov(r0));
  else e.emit(r7.mov(r0), r1.mov(r7));
  e.helper(action.helper);
}
