//! Hosts that keep their log in their graph, as the documents show them.

use execlog::Status;
use sqlitegraph_native_v3 as sqlitegraph;
use std::sync::Arc;

use execlog::{ExecutionLog, Invocation, LocalLog};
use sqlitegraph::{GraphBackend, GraphConfig, NodeSpec, open_graph};
use std::error::Error;
use std::path::Path;
use std::rc::Rc;

struct Indexer {
    graph: Rc<dyn GraphBackend>,
    log: LocalLog,
}

impl Indexer {
    fn open(path: &Path) -> Result<Self, Box<dyn Error>> {
        let graph: Rc<dyn GraphBackend> = Rc::from(open_graph(path, &GraphConfig::native())?);
        let log = ExecutionLog::with_kv_backend(Rc::clone(&graph)).with_locks_beside(path);
        Ok(Self { graph, log })
    }

    fn index(&mut self, src: &Path) -> Result<(), Box<dyn Error>> {
        let log = self.log.clone(); // so that `self` is free within the closure
        let invocation = Invocation::from_env()
            .tool_version(env!("CARGO_PKG_VERSION"))
            .root(std::path::absolute(src)?);
        log.record(invocation, |run| {
            for file in std::fs::read_dir(src)? {
                self.insert(&file?.path())?;
                run.counters().add_files(1);
            }
            Ok(())
        })
    }

    fn insert(&mut self, file: &Path) -> Result<i64, Box<dyn Error>> {
        Ok(self.graph.insert_node(NodeSpec {
            kind: "file".to_owned(),
            name: file.to_string_lossy().into_owned(),
            file_path: None,
            data: serde_json::Value::Null,
        })?)
    }
}

#[test]
fn an_indexer_keeps_its_log_in_its_graph() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let src = folder.path().join("src");
    std::fs::create_dir(&src)?;
    std::fs::write(src.join("lib.rs"), "")?;
    let path = folder.path().join("code.graph");

    let mut indexer = Indexer::open(&path)?;
    indexer.index(&src)?;
    let failed = indexer.index(&folder.path().join("missing"));
    assert!(failed.is_err());
    drop(indexer);

    let log = Indexer::open(&path)?.log;
    let runs: Vec<_> = log.runs().into_iter().collect::<Result<_, _>>()?;
    let told = runs
        .iter()
        .map(|run| (run.status(), run.record.files_indexed));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [(Status::Error, 0), (Status::Success, 1)]
    );
    Ok(())
}

#[test]
fn a_graph_is_taken_by_each_pointer_that_hosts_hold() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("code.graph");
    let open = || open_graph(&path, &GraphConfig::native());
    let boxed: Box<dyn GraphBackend> = open()?;
    ExecutionLog::with_kv_backend(boxed)
        .begin(Invocation::new(["boxed"]))
        .succeed();
    let shared: Arc<dyn GraphBackend> = Arc::from(open()?);
    ExecutionLog::with_kv_backend(shared)
        .begin(Invocation::new(["shared"]))
        .succeed();
    let counted: Rc<dyn GraphBackend> = Rc::from(open()?);
    let log = ExecutionLog::with_kv_backend(counted);
    let commands = log
        .runs()
        .as_added()
        .into_iter()
        .map(|run| run?.record.arguments());
    assert_eq!(
        commands.collect::<Result<Vec<_>, _>>()?,
        [["boxed"], ["shared"]]
    );
    Ok(())
}
