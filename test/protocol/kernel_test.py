"""jupyter_kernel_test's own suite, with TypeScript for its snippets. Run by kernel-test.test.ts, which installs the kernel."""

import unittest

import jupyter_kernel_test


class BpfbookKernelTests(jupyter_kernel_test.KernelTests):
    kernel_name = "bpfbook"
    language_name = "typescript"
    file_extension = ".ts"

    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('to stderr')"
    code_generate_error = "throw new RangeError('made on purpose')"

    completion_samples = [
        {"text": "Math.sqr", "matches": {"sqrt"}},
        {"text": "'text'.toUpperC", "matches": {"toUpperCase"}},
        {"text": "consol", "matches": {"console"}},
    ]
    complete_code_samples = ["1 + 1", "const n: number = 1", "function f() {\n  return 1;\n}\n", "for (const x of [1]) {}"]
    incomplete_code_samples = ["function f() {", "const s = `open", "[1, 2,", "if (true) {\n  f("]
    invalid_code_samples = ["const = 1", "1 +* 2 )"]

    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "'a' + 'b'", "result": "'ab'"},
        {"code": "const list: number[] = [1, 2]; list", "result": "[ 1, 2 ]"},
        {"code": "await Promise.resolve(5n)", "result": "5n"},
    ]
    code_display_data = [
        {"code": "display.html('<b>bold</b>')", "mime": "text/html"},
        {"code": "display.svg('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')", "mime": "image/svg+xml"},
        {"code": "display(42)", "mime": "text/plain"},
    ]
    code_inspect_sample = "Math.sqrt"
    code_page_something = "%help Math.sqrt"
    code_clear_output = "display.clear()"

    code_history_pattern = "6 ? 7"
    supported_history_operations = ("tail", "range", "search")


class BpfbookWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "bpfbook"
    support_iopub_welcome = True


if __name__ == "__main__":
    unittest.main()
