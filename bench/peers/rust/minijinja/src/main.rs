// minijinja as a harness: bench-minijinja check|time|cold WORKLOAD FOLDER ... (see bench/c/harness.h).
// Values are converted once, before: a render is Template::render with a Value.
use minijinja::{path_loader, AutoEscape, Environment, Value};
use std::time::Instant;

/* Thread CPU time needs a call that std lacks; schedstat has it in ns, and is read twice a batch only. */
fn cpu_ns() -> f64 {
    match std::fs::read_to_string("/proc/thread-self/schedstat") {
        Ok(text) => text.split(' ').next().unwrap().parse().unwrap(),
        Err(_) => {
            thread_local!(static BEGIN: Instant = Instant::now());
            BEGIN.with(|begin| begin.elapsed().as_nanos() as f64)
        }
    }
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

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let (command, workload, folder) = (&args[1], &args[2], &args[3]);
    let name = match workload.as_str() {
        "stocks200" => "stocks20",
        "chattools" => "chat",
        other => other,
    };
    let file = format!("{name}.jinja");
    let templates = format!("{folder}/templates-minijinja");
    let source = std::fs::read_to_string(format!("{templates}/{file}")).unwrap();
    let json = std::fs::read_to_string(format!("{folder}/data/{workload}.json")).unwrap();
    let data = Value::from_serialize(serde_json::from_str::<serde_json::Value>(&json).unwrap());
    let is_chat = workload.starts_with("chat");

    let mut env = Environment::new();
    env.set_loader(path_loader(templates));
    env.set_auto_escape_callback(move |_| if is_chat { AutoEscape::None } else { AutoEscape::Html });
    env.set_unknown_method_callback(|_, value, method, args| match (method, args.is_empty()) {
        ("values", true) => {
            let items: Vec<Value> = value.try_iter()?.map(|key| value.get_item(&key)).collect::<Result<_, _>>()?;
            Ok(Value::from(items))
        }
        _ => Err(minijinja::Error::from(minijinja::ErrorKind::UnknownMethod)),
    });

    if command == "cold" {
        let numbers: Vec<f64> = args[4..].iter().map(|a| a.parse().unwrap()).collect();
        let compile = measure(|| { std::hint::black_box(env.template_from_named_str(&file, &source).unwrap()); }, numbers[0], numbers[1], numbers[2] as usize);
        let cold = measure(|| { std::hint::black_box(env.template_from_named_str(&file, &source).unwrap().render(&data).unwrap()); }, numbers[0], numbers[1], numbers[2] as usize);
        println!("{{\"compile_ns\": {:.1}, \"cold_ns\": {:.1}}}", compile.0, cold.0);
        return;
    }
    let template = env.get_template(&file).unwrap();
    if command == "check" {
        std::fs::write(&args[4], template.render(&data).unwrap()).unwrap();
        return;
    }
    let numbers: Vec<f64> = args[4..].iter().map(|a| a.parse().unwrap()).collect();
    let (median, best) = measure(|| { std::hint::black_box(template.render(&data).unwrap()); }, numbers[0], numbers[1], numbers[2] as usize);
    println!("{{\"median_ns\": {median:.2}, \"best_ns\": {best:.2}, \"bytes\": {}}}", template.render(&data).unwrap().len());
}
