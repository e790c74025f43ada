/** Which of Linux's helpers run here, and why the others do not. */
import { describe, expect, test } from "vitest";
import { MISSING_HELPERS, missingReason } from "../../src/helpers/missing.ts";
import { HELPERS } from "../../src/helpers/table.ts";
import { asm, Machine } from "../../src/index.ts";

/** What the engines do themselves. */
const ENGINE = ["tail_call"];

/** What all of libbpf-tools' programs call, by how many of them do. */
const LIBBPF_TOOLS = `
  map_lookup_elem map_update_elem get_current_pid_tgid ktime_get_ns get_current_comm map_delete_elem perf_event_output
  current_task_under_cgroup probe_read_kernel get_smp_processor_id probe_read_kernel_str get_stackid probe_read_user_str
  get_current_task get_current_uid_gid probe_read_user get_stack trace_printk get_current_cgroup_id get_current_task_btf
  get_func_ip get_ns_current_pid_tgid ringbuf_reserve ringbuf_submit ringbuf_output ringbuf_discard probe_read
  probe_read_str get_attach_cookie get_prandom_u32 ktime_get_boot_ns tail_call for_each_map_elem loop strncmp snprintf
  get_func_arg get_func_ret map_lookup_percpu_elem jiffies64 task_storage_get`;

const words = (text: string): string[] => text.trim().split(/\s+/);

describe("helpers of Linux 6.18", () => {
  test("each has an implementation or a reason, and never both", () => {
    const run = HELPERS.filter(({ name, implement }) => implement !== undefined || ENGINE.includes(name));
    const names = run.map(({ name }) => name);
    expect(names.filter((name) => missingReason(name) !== undefined)).toEqual([]);
    expect([...names, ...MISSING_HELPERS].sort()).toEqual(HELPERS.map(({ name }) => name).sort());
    expect(new Set(MISSING_HELPERS).size).toBe(MISSING_HELPERS.length);
    console.log(`${names.length} of ${HELPERS.length} helpers run`);
  });

  test.each(words(LIBBPF_TOOLS))("libbpf-tools: %s runs", (name) => {
    expect(missingReason(name)).toBeUndefined();
  });

  test("a program that calls one is refused with the reason", () => {
    const program = asm({ type: "kprobe" })("r2 = 0\nr3 = 0\nr1 = 0\ncall bpf_rc_pointer_rel\nr0 = 0\nexit");
    expect(() => new Machine().load(program)).toThrow();
    const counted = asm({ type: "sk_msg" })("r2 = 1\ncall bpf_msg_cork_bytes\nr0 = 1\nexit");
    expect(() => new Machine().load(counted)).toThrow(
      /msg_cork_bytes cannot run: messages are sent as they are written/,
    );
  });
});
