//! What looks like a URL is never used or shown as a path: it may have a password.

use crate::fixture::{Fixture, said};

const URLS: [(&str, &str); 9] = [
    (
        "mysql://ci:s3cret@db/team",
        "neither a path nor the URL of a server",
    ),
    (
        "PostgreSQL://ci:s3cret@db/team",
        "neither a path nor the URL of a server",
    ),
    (
        " postgresql://ci:s3cret@db/team",
        "neither a path nor the URL of a server",
    ),
    (
        "\"postgresql://ci:s3cret@db/team\"",
        "neither a path nor the URL of a server",
    ),
    (
        "postgresql:/ci:s3cret@db/team",
        "neither a path nor the URL of a server",
    ),
    ("postgresql://ci:s3cret@/team", WITHOUT_HOST),
    ("postgresql://ci:p@s3cret@127.0.0.1/team", WITH_TWO_ENDS),
    ("postgresql://ci:p/p@s3cret@127.0.0.1/team", WITH_TWO_ENDS),
    (
        "postgresql://ci:s3cret@127.0.0.1/team?s3cret=1",
        WITH_SETTING,
    ),
];

#[cfg(feature = "postgres")]
const WITHOUT_HOST: &str = "invalid URL of a server: it names no host";
#[cfg(feature = "postgres")]
const WITH_TWO_ENDS: &str = "invalid URL of a server: write `@` in a user or a password as `%40`";
#[cfg(feature = "postgres")]
const WITH_SETTING: &str = "invalid URL of a server: it has a setting that is not known";

/// Without the feature no URL is read.
#[cfg(not(feature = "postgres"))]
const WITHOUT_HOST: &str = "this build of `execlog` cannot speak to a server: build `execlog-cli` with the feature `postgres`";
#[cfg(not(feature = "postgres"))]
const WITH_SETTING: &str = WITHOUT_HOST;
#[cfg(not(feature = "postgres"))]
const WITH_TWO_ENDS: &str = WITHOUT_HOST;

#[test]
fn a_url_that_is_wrong_is_explained_and_not_shown() {
    let fixture = Fixture::new();
    for (url, expected) in URLS {
        for arguments in [
            &["list"][..],
            &["show"],
            &["export"],
            &["prune", "--keep-last", "1"],
            &["verify"],
            &["import", "code.db"],
            &["record", "--", "true"],
        ] {
            let mut of_environment = fixture.execlog(arguments);
            of_environment.env("EXECLOG_DB", url);
            let mut of_option = fixture.execlog(&["--db", url]);
            of_option.args(arguments);
            for mut execlog in [of_environment, of_option] {
                let said = said(&mut execlog, arguments);
                assert!(said.contains(expected), "{url}: {said}");
                assert!(!said.contains("s3cret"), "{said}");
                // A recorded command runs all the same.
                let fails = said.ends_with("exit code 1\n");
                assert_eq!(fails, arguments[0] != "record", "{said}");
            }
        }
        let import = ["import", url];
        let output = fixture.execlog(&import).output().expect("it runs");
        let said = String::from_utf8(output.stderr).expect("text");
        assert!(said.contains(expected), "{url}: {said}");
    }
    let entries = std::fs::read_dir(fixture.path("")).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["code.db", "code.db.execlog"]);
}

#[test]
fn a_server_has_no_log_in_a_graph() {
    let fixture = Fixture::new();
    for arguments in [
        &["list"][..],
        &["verify"],
        &["prune"],
        &["record", "--", "true"],
    ] {
        let mut execlog =
            fixture.execlog(&["--in-graph", "--db", "postgresql://ci@127.0.0.1/team"]);
        let said = said(execlog.args(arguments), arguments);
        let expected =
            "stderr: error: a server has no log in a graph: leave out `--in-graph`\nexit code 2\n";
        assert!(said.ends_with(expected), "{said}");
    }
}
