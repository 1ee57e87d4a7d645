//! The keys of magellan's key-value index, each against its literal bytes.

use execlog::{KvRecord, execution_log_key};
use serde::{Deserialize, Serialize};

/// A record type for each pattern, with nothing in it but its key.
macro_rules! records {
    ($($name:ident, $function:literal, $prefix:literal { $($(#[$attribute:meta])* $field:ident: $ty:ty),* })*) => {$(
        #[derive(Serialize, Deserialize, KvRecord)]
        #[kv(prefix = $prefix, key_fn = $function)]
        struct $name {
            $($(#[$attribute])* $field: $ty),*
        }
    )*};
}

records! {
    SymbolByName, "sym_fqn_key", "sym:fqn" { #[kv(key)] fqn: String }
    SymbolById, "sym_id_key", "sym:id" { #[kv(key)] id: i64 }
    FileByPath, "file_path_key", "file:path" { #[kv(key)] path: String }
    SymbolsOfFile, "file_sym_key", "file:sym" { #[kv(key)] file_id: u64 }
    ReferencesOfSymbol, "sym_rev_key", "sym:rev" { #[kv(key)] symbol_id: i64 }
    NameOfSymbol, "sym_fqn_of_key", "sym:fqn_of" { #[kv(key)] symbol_id: i64 }
    Chunk, "chunk_key", "chunk" {
        #[kv(key, escape = "double")] path: String,
        #[kv(key)] start: usize,
        #[kv(key)] end: usize
    }
    FileMetrics, "file_metrics_key", "metrics:file" { #[kv(key, escape = "double")] path: String }
    SymbolMetrics, "symbol_metrics_key", "metrics:symbol" { #[kv(key)] symbol_id: i64 }
    Blocks, "cfg_blocks_key", "cfg:func" { #[kv(key)] function_id: i64 }
    Nodes, "ast_nodes_key", "ast:file" { #[kv(key)] file_id: u64 }
}

#[test]
fn each_key_has_the_bytes_that_magellan_writes() {
    assert_eq!(
        sym_fqn_key("my_crate::module::f"),
        b"sym:fqn:my_crate::module::f"
    );
    assert_eq!(sym_id_key(12345), b"sym:id:12345");
    assert_eq!(sym_id_key(-1), b"sym:id:-1");
    assert_eq!(file_path_key("src/100%:a.rs"), b"file:path:src/100%:a.rs");
    assert_eq!(file_sym_key(u64::MAX), b"file:sym:18446744073709551615");
    assert_eq!(sym_rev_key(7), b"sym:rev:7");
    assert_eq!(sym_fqn_of_key(0), b"sym:fqn_of:0");
    assert_eq!(
        chunk_key("C:/a::b.rs", 10, 200),
        b"chunk:C::/a::::b.rs:10:200"
    );
    assert_eq!(execution_log_key("6b03270d-7759"), b"execlog:6b03270d-7759");
    assert_eq!(file_metrics_key("C:/a.rs"), b"metrics:file:C::/a.rs");
    assert_eq!(symbol_metrics_key(9), b"metrics:symbol:9");
    assert_eq!(cfg_blocks_key(-42), b"cfg:func:-42");
    assert_eq!(ast_nodes_key(3), b"ast:file:3");
}

#[test]
fn each_key_parses_back() -> Result<(), execlog::Error> {
    assert_eq!(SymbolByName::parse_key(b"sym:fqn:a::b")?, "a::b");
    assert_eq!(SymbolById::parse_key(b"sym:id:-1")?, -1);
    assert_eq!(FileByPath::parse_key(b"file:path:a:b")?, "a:b");
    assert_eq!(SymbolsOfFile::parse_key(b"file:sym:1")?, 1);
    assert_eq!(ReferencesOfSymbol::parse_key(b"sym:rev:1")?, 1);
    assert_eq!(NameOfSymbol::parse_key(b"sym:fqn_of:1")?, 1);
    let chunk = Chunk::parse_key(b"chunk:C::/a::::b.rs:10:200")?;
    assert_eq!(chunk, ("C:/a::b.rs".to_owned(), 10, 200));
    assert_eq!(FileMetrics::parse_key(b"metrics:file:C::/a.rs")?, "C:/a.rs");
    assert_eq!(SymbolMetrics::parse_key(b"metrics:symbol:1")?, 1);
    assert_eq!(Blocks::parse_key(b"cfg:func:1")?, 1);
    assert_eq!(Nodes::parse_key(b"ast:file:1")?, 1);
    Ok(())
}

#[test]
fn a_key_of_another_type_or_spelling_is_refused_by_name() {
    for foreign in [
        &b"sym:id:1x"[..],
        b"sym:id:01",
        b"sym:id:+1",
        b"sym:id:",
        b"sym:id",
        b"sym:fqn:1",
        b"\xff",
    ] {
        let error = SymbolById::parse_key(foreign).expect_err("not such a key");
        let shown = foreign.escape_ascii();
        assert_eq!(
            error.to_string(),
            format!("`{shown}` is not a key of the form `sym:id:{{id}}`")
        );
    }
    let halved = Chunk::parse_key(b"chunk:a::b:1:2:3");
    assert!(halved.is_err(), "a part too many");
}
