//! What a log costs, as ratios in one run: `cargo bench -p execlog-benchmarks --all-features`.
//!
//! An argument limits it to the stores whose names have it in them, and `--runs 1000,5000` sets the
//! lengths of the logs. Nothing here is a test: a machine that is busy changes the times, and less
//! the ratios, because the contestants of a row take turns.

mod contestant;
mod graphs;
mod journal;
mod measure;
mod redb_store;
mod report;
mod run;
mod sqlite;

use contestant::Store;
use report::Report;
use std::error::Error;
use std::path::Path;

fn stores() -> Vec<Store> {
    let mut stores = vec![sqlite::store()];
    stores.extend(graphs::stores());
    stores
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--fresh", store, contestant, path, id] => fresh(store, contestant, Path::new(path), id),
        _ => compare(&arguments),
    }
}

/// What a process of its own does for [`measure::fresh_process`]: prints the nanoseconds it took.
fn fresh(store: &str, contestant: &str, path: &Path, id: &str) -> Result<(), Box<dyn Error>> {
    let stores = stores();
    let store = stores.iter().find(|one| one.name == store);
    let contestants = store.into_iter().flat_map(|store| &store.contestants);
    let mut contestants = contestants;
    let contestant = contestants
        .find(|one| one.name == contestant)
        .ok_or("no such contestant")?;
    let began = std::time::Instant::now();
    let mut log = (contestant.open)(path)?;
    log.start_and_finish(id)?;
    drop(log);
    println!("{}", began.elapsed().as_nanos());
    Ok(())
}

fn compare(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let mut lengths = vec![1_000, 100_000];
    let mut wanted = String::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // What cargo adds by itself.
            "--bench" => {}
            "--runs" => {
                let given = arguments
                    .next()
                    .ok_or("--runs needs numbers: --runs 1000,5000")?;
                lengths = given.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            name => name.clone_into(&mut wanted),
        }
    }
    for store in stores() {
        if store.name.contains(&wanted) {
            let measured = lengths
                .iter()
                .map(|&length| Ok((length, measure_at(&store, length)?)));
            let measured = measured.collect::<Result<_, Box<dyn Error>>>()?;
            println!("{}\n", Report::of(&store, measured));
        }
    }
    Ok(())
}

fn measure_at(store: &Store, length: usize) -> Result<Vec<measure::Row>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut filled = Vec::new();
    for contestant in &store.contestants {
        eprintln!("{}, {length} runs: filling {}", store.name, contestant.name);
        let path = folder.path().join(contestant.name.replace(' ', "-"));
        std::fs::create_dir(&path)?;
        let path = path.join("log");
        (contestant.fill)(&path, length)?;
        filled.push((contestant, path));
    }
    measure::all(store.name, &filled, length)
}
