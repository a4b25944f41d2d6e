// What every Rust harness does: PROGRAM check WORKLOAD FOLDER FILE, PROGRAM time WORKLOAD FOLDER WARM_MS BATCH_MS (see bench/c/harness.h).
use std::hint::black_box;

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

unsafe extern "C" {
    fn clock_gettime(clock: i32, now: *mut Timespec) -> i32; // std has no clock of the thread's CPU time
}

fn cpu_ns() -> f64 {
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    let mut now = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mut now) };
    now.seconds as f64 * 1e9 + now.nanoseconds as f64
}

/// How many `work` fit a batch, after warming up.
fn warm_up(work: &mut impl FnMut(), warm_ms: f64, batch_ms: f64) -> u64 {
    let begin = cpu_ns();
    let mut runs = 0.0;
    let mut now;
    loop {
        for _ in 0..8 {
            work();
        }
        runs += 8.0;
        now = cpu_ns();
        if now - begin >= warm_ms * 1e6 {
            break;
        }
    }
    (batch_ms * 1e6 / ((now - begin) / runs)) as u64 + 1
}

fn batch(work: &mut impl FnMut(), count: u64) -> f64 {
    let begin = cpu_ns();
    for _ in 0..count {
        work();
    }
    (cpu_ns() - begin) / count as f64
}

/// The command line's numbers, from its fourth argument on.
fn numbers(args: &[String]) -> Vec<f64> {
    args[4..].iter().map(|a| a.parse().unwrap()).collect()
}

/// Median time of `work`, ns, at the pace of the command line: WARM_MS BATCH_MS BATCHES.
pub fn timed<T>(args: &[String], mut work: impl FnMut() -> T) -> f64 {
    let pace = numbers(args);
    let mut work = || { black_box(work()); };
    let count = warm_up(&mut work, pace[0], pace[1]);
    let mut took: Vec<f64> = (0..pace[2] as usize).map(|_| batch(&mut work, count)).collect();
    took.sort_by(f64::total_cmp);
    took[took.len() / 2]
}

/// A batch for each line that is read, as take_turns of bench/c/harness.h.
fn take_turns(args: &[String], mut work: impl FnMut()) {
    let pace = numbers(args);
    let count = warm_up(&mut work, pace[0], pace[1]);
    println!("warm");
    for line in std::io::stdin().lines() {
        line.unwrap();
        batch(&mut work, count / 8);
        println!("{:.2}", batch(&mut work, count));
    }
}

/// `check` or `time`, of a render.
pub fn run(args: &[String], mut render: impl FnMut() -> String) {
    if args[1] == "check" {
        std::fs::write(&args[4], render()).unwrap();
        return;
    }
    take_turns(args, || { black_box(render()); });
}
