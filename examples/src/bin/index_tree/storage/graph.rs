//! The index as nodes and edges of a native graph, with the log in the same graph.

use crate::parse::{ParsedFile, Symbol};
use execlog::kv::{GraphKv, KvStore, Table};
use execlog::{ExecutionLog, KvRecord, LocalLog};
use serde::{Deserialize, Serialize};
use sqlitegraph_native_v2::{EdgeSpec, GraphBackend, NativeGraphBackend, NodeSpec};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub(crate) const DEFAULT_FILE: &str = "index_tree.graph";

/// The nodes of a file, so that the next run finds them again and adds only what is new.
#[derive(Debug, PartialEq, Serialize, Deserialize, KvRecord)]
#[kv(prefix = "index_tree:file")]
struct IndexedFile {
    #[kv(key)]
    path: String,
    node: i64,
    /// By kind, name and how many of these stand before it: `method new 2`.
    symbols: BTreeMap<String, i64>,
}

/// A native graph with files and symbols as nodes, and the log in its key-value store.
pub(crate) struct Storage {
    graph: Rc<dyn GraphBackend>,
    store: GraphKv,
    /// Live runs hold their locks beside it. The graph does not know its own file.
    file: PathBuf,
}

impl Storage {
    pub(crate) fn open(file: &Path) -> Result<Self, String> {
        // The engine names its log so, and a new graph empties it.
        let engine_log = file.with_extension("").with_extension("wal");
        let opened = if file.exists() {
            NativeGraphBackend::open(file)
        } else if engine_log.exists() {
            let taken = engine_log.display();
            return Err(format!(
                "`{taken}` is in use by another graph; choose another name"
            ));
        } else {
            NativeGraphBackend::new(file)
        };
        let graph: Rc<dyn GraphBackend> = Rc::new(opened.map_err(|error| error.to_string())?);
        Ok(Self {
            store: GraphKv::from(Rc::clone(&graph)),
            graph,
            file: file.to_owned(),
        })
    }

    pub(crate) fn log(&self) -> LocalLog {
        ExecutionLog::with_kv_backend(Rc::clone(&self.graph)).with_locks_beside(&self.file)
    }

    /// Writes a file and its symbols to the graph, but for those that are there already.
    ///
    /// Nodes are only added: sqlitegraph 1.6 cannot take one away, and changing one in place makes
    /// it lose its key-value store at the next open.
    pub(crate) fn write(&self, path: &Path, parsed: &ParsedFile) -> Result<(), String> {
        let path = path.to_string_lossy();
        let files = Table::<IndexedFile, _>::new(&self.store);
        let before = files.get(&path).map_err(|error| error.to_string())?;
        let node = match &before {
            Some(file) => file.node,
            None => self.insert_node("file", &path)?,
        };
        let known = before.as_ref().map(|file| &file.symbols);
        let mut symbols = BTreeMap::new();
        let mut nodes = Vec::with_capacity(parsed.symbols.len());
        for symbol in &parsed.symbols {
            let key = unused_key(symbol, &symbols);
            let id = if let Some(id) = known.and_then(|known| known.get(&key)) {
                *id
            } else {
                let parent = symbol.parent.and_then(|parent| nodes.get(parent));
                self.insert_contained(parent.copied().unwrap_or(node), symbol)?
            };
            nodes.push(id);
            symbols.insert(key, id);
        }
        let after = IndexedFile {
            path: path.into_owned(),
            node,
            symbols,
        };
        if before.as_ref() != Some(&after) {
            files.insert(&after).map_err(|error| error.to_string())?;
            self.store.flush().map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn insert_contained(&self, parent: i64, symbol: &Symbol) -> Result<i64, String> {
        let node = self.insert_node(symbol.kind, &symbol.name)?;
        let edge = EdgeSpec {
            from: parent,
            to: node,
            edge_type: "CONTAINS".to_owned(),
            data: serde_json::Value::Null,
        };
        self.graph
            .insert_edge(edge)
            .map_err(|error| format!("the graph takes no more edges: {error}"))?;
        Ok(node)
    }

    fn insert_node(&self, kind: &str, name: &str) -> Result<i64, String> {
        let node = NodeSpec {
            kind: kind.to_owned(),
            name: name.to_owned(),
            file_path: None,
            data: serde_json::Value::Null,
        };
        self.graph
            .insert_node(node)
            .map_err(|error| format!("the graph takes no more nodes: {error}"))
    }
}

fn unused_key(symbol: &Symbol, taken: &BTreeMap<String, i64>) -> String {
    let mut number = 1;
    loop {
        let key = format!("{} {} {number}", symbol.kind, symbol.name);
        if !taken.contains_key(&key) {
            return key;
        }
        number += 1;
    }
}
