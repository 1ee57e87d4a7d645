//! The cost of a log, as ratios within one run of `cargo bench -p execlog-benchmarks --all-features`.
//!
//! An argument selects the stores whose names contain it, and `--runs 1000,5000` sets the lengths of
//! the logs. The benchmark does not test anything. A busy machine changes the times, but hardly the
//! ratios, because the contestants of a row take turns.

mod bounded;
mod contestant;
mod graphs;
mod journal;
mod measure;
mod redb_store;
mod report;
mod run;
mod sqlite;
mod turn;

use contestant::{Contestant, Log, Store};
use report::Report;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

fn stores() -> Vec<Store> {
    let mut stores = vec![sqlite::store()];
    stores.extend(graphs::stores());
    stores
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--turns", store, contestant, path, length] => {
            let mut log = open(store, contestant, path)?;
            turn::serve(&mut *log, length.parse()?)
        }
        ["--fresh", store, contestant, path] => {
            let id = format!("fresh-{}", std::process::id());
            let began = Instant::now();
            let mut log = open(store, contestant, path)?;
            log.start_and_finish(&id)?;
            drop(log);
            println!("{}", began.elapsed().as_nanos());
            Ok(())
        }
        _ => compare(&arguments),
    }
}

fn open(store: &str, contestant: &str, path: &str) -> Result<Box<dyn Log>, Box<dyn Error>> {
    let stores = stores().into_iter();
    let mut contestants = stores
        .filter(|one| one.name == store)
        .flat_map(|store| store.contestants);
    let contestant = contestants.find(|one| one.name == contestant);
    (contestant.ok_or("no such contestant")?.open)(Path::new(path))
}

fn compare(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let mut lengths = vec![1_000, 100_000];
    let mut wanted = String::new();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            // Cargo adds this argument itself.
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
        fs::create_dir(&path)?;
        fill(contestant, &path, length)?;
        filled.push((contestant, path.join("log")));
    }
    measure::all(store.name, &filled, length)
}

/// Fills a log elsewhere and copies its files, so that all files are written front to back. How a file
/// was written decides how the system caches it, and changes the times by a third.
fn fill(contestant: &Contestant, folder: &Path, length: usize) -> Result<(), Box<dyn Error>> {
    let filling = tempfile::tempdir()?;
    (contestant.fill)(&filling.path().join("log"), length)?;
    for file in fs::read_dir(filling.path())? {
        let file = file?;
        // The first run creates the head file in the lock folder again.
        if file.file_type()?.is_file() {
            fs::copy(file.path(), folder.join(file.file_name()))?;
        }
    }
    Ok(())
}
