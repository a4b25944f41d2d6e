// Askama or Sailfish (by feature) as a harness: bench-typed check|time WORKLOAD FOLDER ...
// Their templates are compiled with the program, over the types below; the data is in them before anything is timed.
use serde::{Deserialize, Deserializer};

#[path = "../../harness.rs"]
mod harness;

#[cfg(feature = "askama")]
use askama::Template;
#[cfg(feature = "sailfish")]
use sailfish::Template;

#[derive(Deserialize, Template)]
#[template(path = "bigtable.html")]
struct BigTable {
    table: Vec<Vec<i64>>,
}

/* A row's values are an array, as they are for the C limit: typed engines have no dict to walk. */
fn values<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Vec<i64>>, D::Error> {
    let rows = Vec::<serde_json::Map<String, serde_json::Value>>::deserialize(from)?;
    Ok(rows.iter().map(|row| row.values().map(|v| v.as_i64().unwrap()).collect()).collect())
}

#[derive(Deserialize, Template)]
#[template(path = "dicttable.html")]
struct DictTable {
    #[serde(deserialize_with = "values")]
    table: Vec<Vec<i64>>,
}

#[derive(Deserialize)]
struct Team {
    name: String,
    score: i64,
}

#[derive(Deserialize, Template)]
#[template(path = "teams.html")]
struct Teams {
    year: i64,
    teams: Vec<Team>,
}

#[derive(Deserialize)]
struct Fortune {
    id: i64,
    message: String,
}

#[derive(Deserialize, Template)]
#[template(path = "fortunes.html")]
struct Fortunes {
    fortunes: Vec<Fortune>,
}

#[derive(Deserialize)]
struct Stock {
    name: String,
    url: String,
    symbol: String,
    price: f64,
    change: f64,
    ratio: f64,
}

#[derive(Deserialize, Template)]
#[template(path = "stocks20.html")]
struct Stocks {
    items: Vec<Stock>,
}

macro_rules! page_of_texts {
    ($($name:ident)*) => {
        #[derive(Deserialize, Template)]
        #[template(path = "static.html")]
        struct Static { $($name: String),* }
    };
}
page_of_texts!(v0 v1 v2 v3 v4 v5 v6 v7 v8 v9 v10 v11 v12 v13 v14 v15 v16 v17 v18 v19 v20 v21 v22 v23 v24 v25 v26 v27 v28 v29);

#[cfg(feature = "askama")]
#[derive(Deserialize)]
struct User {
    href: String,
    username: String,
}

#[cfg(feature = "askama")]
#[derive(Deserialize)]
struct Article {
    href: String,
    title: String,
    user: User,
    body: String,
    pub_date: String,
    published: bool,
}

#[cfg(feature = "askama")]
#[derive(Deserialize)]
struct Link {
    href: String,
    caption: String,
}

#[cfg(feature = "askama")]
#[derive(Deserialize)]
struct Site {
    owner: String,
    year: i64,
}

#[cfg(feature = "askama")]
#[derive(Deserialize, Template)]
#[template(path = "inherit.html")]
struct Inherit {
    articles: Vec<Article>,
    page_navigation: Vec<Link>,
    site: Site,
}

fn run<'de, T: Template + Deserialize<'de>>(args: &[String], json: &'de str) {
    let page: T = serde_json::from_str(json).unwrap();
    harness::run(args, || page.render().unwrap());
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let json = std::fs::read_to_string(format!("{}/data/{}.json", args[3], args[2])).unwrap();
    match args[2].as_str() {
        "bigtable" => run::<BigTable>(&args, &json),
        "dicttable" => run::<DictTable>(&args, &json),
        "teams" => run::<Teams>(&args, &json),
        "fortunes" => run::<Fortunes>(&args, &json),
        "stocks20" | "stocks200" => run::<Stocks>(&args, &json),
        "static" => run::<Static>(&args, &json),
        #[cfg(feature = "askama")]
        "inherit" => run::<Inherit>(&args, &json),
        _ => {
            eprintln!("error: there is no template for this page");
            std::process::exit(1)
        }
    }
}
