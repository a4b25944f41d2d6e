// minijinja as a harness: bench-minijinja check|time|cold WORKLOAD FOLDER ...
// Values are converted once, before: a render is Template::render with a Value.
use minijinja::{path_loader, AutoEscape, Environment, Value};

#[path = "../../harness.rs"]
mod harness;

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
        let compile = harness::timed(&args, || env.template_from_named_str(&file, &source).unwrap());
        let cold = harness::timed(&args, || env.template_from_named_str(&file, &source).unwrap().render(&data).unwrap());
        println!("{{\"compile_ns\": {:.1}, \"cold_ns\": {:.1}}}", compile, cold);
        return;
    }
    let template = env.get_template(&file).unwrap();
    harness::run(&args, || template.render(&data).unwrap());
}
