//! Times programs on rbpf's JIT and interpreter for bench/vm/run.ts. A line of input is a program: the hex of its
//! instructions. A line of output answers it: r0, then nanoseconds of one run on the JIT and on the interpreter, each the
//! fastest of 250 short rounds; or `error` and rbpf's message.

use std::io::BufRead;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 250;
const ROUND: Duration = Duration::from_millis(1);

/// Nanoseconds of one run.
fn measure(mut run: impl FnMut()) -> f64 {
    let mut times: u32 = 1;
    let mut elapsed = |times: u32| {
        let began = Instant::now();
        for _ in 0..times {
            run();
        }
        began.elapsed()
    };
    while elapsed(times) < ROUND {
        times *= 2;
    }
    let best = (0..ROUNDS).map(|_| elapsed(times)).min().unwrap();
    best.as_nanos() as f64 / f64::from(times)
}

fn time(code: &[u8]) -> Result<(u64, f64, f64), String> {
    let text = |error: std::io::Error| error.to_string();
    let mut vm = rbpf::EbpfVmNoData::new(Some(code)).map_err(text)?;
    let result = vm.execute_program().map_err(text)?;
    vm.jit_compile().map_err(text)?;
    // Unsafe, since rbpf's compiled code checks no access; these programs stay on their stack.
    let jitted = unsafe { vm.execute_program_jit().map_err(text)? };
    if jitted != result {
        return Err(format!("the JIT gives {jitted}, the interpreter {result}"));
    }
    let jit = measure(|| {
        std::hint::black_box(unsafe { vm.execute_program_jit() }).ok();
    });
    let interpreter = measure(|| {
        std::hint::black_box(vm.execute_program()).ok();
    });
    Ok((result, jit, interpreter))
}

fn main() {
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap_or_default();
        let bytes: Option<Vec<u8>> =
            (0..line.len() / 2).map(|i| u8::from_str_radix(&line[2 * i..2 * i + 2], 16).ok()).collect();
        match bytes.ok_or("not hex".to_string()).and_then(|code| time(&code)) {
            Ok((result, jit, interpreter)) => println!("{result} {jit} {interpreter}"),
            Err(message) => println!("error {message}"),
        }
    }
}
