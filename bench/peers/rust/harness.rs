// What every Rust harness does: PROGRAM check WORKLOAD FOLDER FILE, PROGRAM time WORKLOAD FOLDER WARM_MS BATCH_MS BATCHES (see bench/c/harness.h).
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

fn measure(mut work: impl FnMut(), warm_ms: f64, batch_ms: f64, batches: usize) -> (f64, f64) {
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
    let count = (batch_ms * 1e6 / ((now - begin) / runs)) as u64 + 1;
    let mut took: Vec<f64> = (0..batches)
        .map(|_| {
            let begin = cpu_ns();
            for _ in 0..count {
                work();
            }
            (cpu_ns() - begin) / count as f64
        })
        .collect();
    took.sort_by(f64::total_cmp);
    (took[batches / 2], took[0])
}

/// Median and best time of `work`, ns, at the pace the command line gives from its fourth argument on.
pub fn timed<T>(args: &[String], mut work: impl FnMut() -> T) -> (f64, f64) {
    let numbers: Vec<f64> = args[4..].iter().map(|a| a.parse().unwrap()).collect();
    measure(|| { black_box(work()); }, numbers[0], numbers[1], numbers[2] as usize)
}

/// `check` or `time`, of a render.
pub fn run(args: &[String], mut render: impl FnMut() -> String) {
    if args[1] == "check" {
        std::fs::write(&args[4], render()).unwrap();
        return;
    }
    let (median, best) = timed(args, &mut render);
    println!("{{\"median_ns\": {median:.2}, \"best_ns\": {best:.2}, \"bytes\": {}}}", render().len());
}
