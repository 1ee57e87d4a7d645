//! Native 3.9 graphs whose engine could not write: what a log has acknowledged is there.
use execlog::kv::{GraphKv, KvStore};
use execlog::{ExecutionLog, LocalLog};
use sqlitegraph_native_v3::{GraphBackend, GraphConfig, NativeGraphBackend, open_graph};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

/// Runs a script that finds a disk of its own, of so many kibibytes, in the folder `small`. `None` if this
/// machine lets nobody mount one.
fn on_disk(folder: &Path, kibibytes: usize, script: &str) -> Option<String> {
    const WAYS: [&[&str]; 2] = [
        &["unshare", "--mount"],
        &["unshare", "--user", "--map-root-user", "--mount"],
    ];
    let mount = format!("mount -t tmpfs -o size={kibibytes}k tmpfs small || exit 99");
    for way in WAYS {
        let output = Command::new(way[0])
            .args(&way[1..])
            .args(["sh", "-c", &format!("{mount}\n{script}")])
            .env("HOST", env!("CARGO_BIN_EXE_host"))
            .current_dir(folder)
            .output();
        match output {
            Ok(output) if output.status.success() => {
                return Some(String::from_utf8(output.stdout).expect("text"));
            }
            _ => {}
        }
    }
    eprintln!("left out: this machine does not let the test mount a small disk");
    None
}

/// Every size of disk, from one that has no room for a graph to one that has room for its log.
#[test]
fn what_is_acknowledged_on_a_full_disk_is_there() {
    const RUNS: usize = 40;
    const SCRIPT: &str = "
        $HOST native_v3 small/code.graph execute $RUNS 2>/dev/null
        ls small | sed -n 's/.*v3checkpoint.tmp.*/left &/p'
        $HOST native_v3 small/code.graph list 0 2>/dev/null
        exit 0";
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("small")).expect("made");
    let script = SCRIPT.replace("$RUNS", &RUNS.to_string());
    let (mut refused, mut acknowledged) = (0, 0);
    for size in 1..40 {
        let Some(said) = on_disk(folder.path(), 4 * size, &script) else {
            return;
        };
        let lines = said
            .lines()
            .map(|line| line.split_once(' ').expect("two words"));
        let of = |what| -> Vec<&str> {
            let of = lines.clone().filter(|(said, _)| *said == what);
            of.map(|(_, id)| id).collect()
        };
        let (began, ended) = (of("began"), of("ended"));
        let listed: BTreeMap<&str, &str> = lines.clone().collect();
        for id in &began {
            assert!(listed.contains_key(id), "{size} pages: {id} of {said}");
        }
        for id in &ended {
            assert_eq!(listed.get(id), Some(&"success"), "{size} pages: {id}");
        }
        assert_eq!(of("left"), [""; 0], "{size} pages: unfinished checkpoints");
        acknowledged += ended.len();
        refused += RUNS - ended.len();
    }
    println!("{acknowledged} runs acknowledged, {refused} refused");
    assert!(acknowledged > 0 && refused > 0);
}

#[test]
fn a_flush_that_could_not_be_written_is_an_error_where_the_file_is_known() {
    type Open = fn(&Path, &Path) -> LocalLog;
    let opens: [(&str, Open); 5] = [
        ("opened by its file", |file, _| {
            ExecutionLog::open(file).expect("opens")
        }),
        ("told its file", |file, _| {
            unknown(file).with_locks_beside(file)
        }),
        ("told a link to its file", |file, link| {
            unknown(file).with_locks_beside(link)
        }),
        ("opened by a link and told it", |_, link| {
            unknown(link).with_locks_beside(link)
        }),
        ("opened as what it is", |file, _| {
            let graph = NativeGraphBackend::open(file).expect("opens");
            ExecutionLog::with_kv_backend(Rc::new(graph))
        }),
    ];
    for (how, open) in opens {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("code.graph");
        drop(NativeGraphBackend::create(&file).expect("made"));
        let link = folder.path().join("link.graph");
        std::os::unix::fs::symlink(&file, &link).expect("linked");
        let log = open(&file, &link);
        let start = |id| log.start_execution(id, "1", &[], None, "x");
        start("a").expect("acknowledged");
        // Nothing can be renamed over a folder.
        let checkpoints = ["code", "link"].map(|name| folder.path().join(name));
        let checkpoints = checkpoints.map(|name| name.with_extension("v3checkpoint"));
        for checkpoint in &checkpoints {
            let _ = std::fs::remove_file(checkpoint);
            std::fs::create_dir(checkpoint).expect("made");
        }
        let refused = start("b").expect_err(how).to_string();
        assert!(
            refused.contains(".v3checkpoint` was not written"),
            "{how}: {refused}"
        );
        let left = std::fs::read_dir(folder.path()).expect("reads");
        let left = left.filter(|file| {
            let name = file.as_ref().expect("a file").file_name();
            name.to_string_lossy().contains(".tmp.")
        });
        assert_eq!(left.count(), 0, "{how}: an unfinished checkpoint is left");
        for checkpoint in &checkpoints {
            std::fs::remove_dir(checkpoint).expect("removed");
        }
        log.maintenance().flush().expect(how);
        drop(log);
        let log = open(&file, &link);
        assert_eq!(log.list_all(None).expect("reads").len(), 2, "{how}");
    }
}

/// A log in a graph that does not say where it is.
fn unknown(file: &Path) -> LocalLog {
    let graph: Rc<dyn GraphBackend> =
        Rc::from(open_graph(file, &GraphConfig::native()).expect("opens"));
    ExecutionLog::with_kv_backend(graph)
}

#[test]
fn a_copy_that_looks_at_the_locks_of_the_original_is_the_file_that_is_flushed() {
    let folder = tempfile::tempdir().expect("a folder");
    let [file, copy] = ["code.graph", "copy.graph"].map(|name| folder.path().join(name));
    for file in [&file, &copy] {
        drop(NativeGraphBackend::create(file).expect("made"));
    }
    let log = ExecutionLog::open(&copy)
        .expect("opens")
        .with_locks_beside(&file);
    let started = log.start_execution("a", "1", &[], None, "x");
    started.expect("acknowledged");
}

#[test]
fn a_graph_in_which_nothing_was_written_has_nothing_to_flush() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("code.graph");
    drop(NativeGraphBackend::create(&file).expect("made"));
    let graph = NativeGraphBackend::open(&file).expect("opens");
    GraphKv::from(Rc::new(graph)).flush().expect("flushed");
}
