//! What can go wrong with a server, and which of it is worth another try.

use super::address::Address;
use super::tls;
use crate::error::Error;
use std::error::Error as _;
use std::io;
use tokio_postgres::error::SqlState;

/// Why a call on the server failed.
#[derive(Debug)]
pub(super) enum Problem {
    /// No connection could be made now.
    Unreachable(String),
    /// No connection was made in time.
    Silent,
    /// No connection can be made in this way.
    Misdirected(String),
    /// The answer did not come in time.
    TooSlow,
    /// The server refused, or the connection was lost.
    Server(tokio_postgres::Error),
    /// The server has one of the runs that were taken for new.
    NotNew(tokio_postgres::Error),
    /// Row security keeps this role from changing a run of another.
    OfAnotherRole,
    /// This came in place of the answer to a commit, so that it is not known whether the server has committed.
    UnknownCommit(Box<Problem>),
    /// An error of the log, which another try does not change.
    Log(Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        Self::Log(error)
    }
}

impl From<tokio_postgres::Error> for Problem {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Server(error)
    }
}

impl Problem {
    /// Of making a connection.
    pub(super) fn of_connecting(error: &tokio_postgres::Error) -> Self {
        let mut reason = reason(error);
        let cause = error.source();
        let cause_of_connection = cause.and_then(|cause| cause.downcast_ref::<io::Error>());
        let is_of_connection = match cause_of_connection {
            // The server speaks another language, or has another certificate.
            Some(cause) => cause.kind() != io::ErrorKind::InvalidData,
            None => cause.is_none(),
        };
        if let Some(advice) = cause_of_connection.and_then(tls::advice) {
            reason = format!("{reason}; {advice}");
        }
        if is_of_connection {
            Self::Unreachable(reason)
        } else if reason.ends_with("password missing") {
            let advice = "it asks for a password: set `PGPASSWORD`, or add a line to `.pgpass`";
            Self::Misdirected(advice.to_owned())
        } else if reason.ends_with("server does not support TLS") {
            let advice = "switch TLS on in the server, or write `sslmode=disable` in the URL if the network is yours";
            Self::Misdirected(format!("{reason}; {advice}"))
        } else {
            Self::Misdirected(reason)
        }
    }

    /// Of the commit of a transaction.
    pub(super) fn of_commit(self) -> Self {
        if self.is_refusal() {
            self
        } else {
            Self::UnknownCommit(Box::new(self))
        }
    }

    /// Whether the same call may succeed later: the server starts, stops, fails over, is full, or has stopped
    /// this transaction in favour of another.
    pub(super) fn is_worth_another_try(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Silent | Self::TooSlow | Self::UnknownCommit(_) => true,
            // The connection was lost, or the server speaks another language.
            Self::Server(_) => self.code().is_none_or(|code| {
                let classes = ["08", "57P", "40", "53"];
                let is_of_class = classes.iter().any(|class| code.starts_with(class));
                // A standby, which may become the leader.
                let read_only = SqlState::READ_ONLY_SQL_TRANSACTION.code();
                // Another process has given the same number to a run, or creates the tables, too.
                let unique = SqlState::UNIQUE_VIOLATION.code();
                let duplicate = SqlState::DUPLICATE_TABLE.code();
                is_of_class || [read_only, unique, duplicate].contains(&code)
            }),
            Self::NotNew(_) | Self::Misdirected(_) | Self::OfAnotherRole | Self::Log(_) => false,
        }
    }

    /// Of adding runs that were taken for new.
    #[cfg_attr(
        not(feature = "seals"),
        expect(dead_code, reason = "only shipped runs are taken for new")
    )]
    pub(super) fn of_adding(self) -> Self {
        match self {
            Self::Server(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => {
                Self::NotNew(error)
            }
            other => other,
        }
    }

    /// Whether there was no answer, and it is known that nothing was committed.
    pub(super) fn is_timeout(&self) -> bool {
        matches!(self, Self::Silent | Self::TooSlow)
    }

    /// Whether the server may have committed what this call should.
    pub(super) fn is_unknown_commit(&self) -> bool {
        matches!(self, Self::UnknownCommit(_))
    }

    /// Whether the same connection may do better the next time. A server that has become a standby keeps its
    /// connections, and another connection may lead to its leader.
    pub(super) fn leaves_connection(&self) -> bool {
        let read_only = SqlState::READ_ONLY_SQL_TRANSACTION.code();
        self.code().is_some_and(|code| code != read_only)
    }

    /// Whether the server has said that nothing was stored. It does not say so if it was stopped, or if it
    /// does not know.
    fn is_refusal(&self) -> bool {
        let unknown = SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN.code();
        self.code().is_some_and(|code| {
            !(code.starts_with("57P") || code.starts_with("08") || code == unknown)
        })
    }

    /// The SQLSTATE of the server.
    pub(super) fn code(&self) -> Option<&str> {
        match self {
            Self::Server(error) | Self::NotNew(error) => error.code().map(SqlState::code),
            _ => None,
        }
    }

    /// Whether the table, or its schema, does not exist.
    pub(super) fn is_missing_table(&self) -> bool {
        let missing = [&SqlState::UNDEFINED_TABLE, &SqlState::INVALID_SCHEMA_NAME];
        let code = self.code();
        code.is_some_and(|code| missing.iter().any(|missing| missing.code() == code))
    }

    pub(super) fn into_error(self, address: &Address) -> Error {
        let server = address.to_string();
        match self {
            Self::Log(error) => error,
            Self::UnknownCommit(problem) => problem.into_error(address),
            Self::TooSlow => Error::ServerTooSlow { server },
            Self::OfAnotherRole => Error::Server {
                server,
                reason: OF_ANOTHER_ROLE.to_owned(),
            },
            Self::Silent => Error::ServerUnreachable {
                server,
                reason: "it does not answer".to_owned(),
            },
            Self::Unreachable(reason) | Self::Misdirected(reason) => {
                Error::ServerUnreachable { server, reason }
            }
            Self::Server(error) | Self::NotNew(error) => Error::Server {
                server,
                reason: reason(&error),
            },
        }
    }
}

/// Why a run is not changed, and what to do.
pub(super) const OF_ANOTHER_ROLE: &str = "another role has recorded or shipped this run, and this role may not change it: \
     use that role, or grant this one what it needs";

/// The SQLSTATEs whose details have all values of a row: a missing value, a failed check, and a failed check of a
/// view.
const SHOW_WHOLE_ROWS: [&str; 3] = ["23502", "23514", "44000"];

/// What the server, or the connection, says, and what to do. The text of the crate alone is `db error`.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    if let Some(refused) = error.as_db_error() {
        let detail = refused
            .detail()
            .filter(|_| !SHOW_WHOLE_ROWS.contains(&refused.code().code()));
        let hint = refused.hint().or(detail);
        let hint = hint.map_or_else(String::new, |hint| format!(" ({hint})"));
        let advice = advice(refused.code().code());
        let advice = advice.map_or_else(String::new, |advice| format!("; {advice}"));
        return format!("{}{hint}{advice}", refused.message());
    }
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}

/// What to do about an error with this SQLSTATE.
fn advice(code: &str) -> Option<&'static str> {
    let advice = match code {
        "25006" => {
            "name the server that takes writes, or all servers and `target_session_attrs=read-write`"
        }
        "28000" | "28P01" => {
            "check the user, and the password in the URL, in `PGPASSWORD` or in `.pgpass`"
        }
        "3D000" => "create the database, or name another one in the URL",
        "42501" => "grant the role what it needs, or use another role",
        "53100" => "free space on the server",
        _ if code.starts_with("53") => "give the server more resources, or try again later",
        _ if ["08", "40", "57P"]
            .iter()
            .any(|class| code.starts_with(class)) =>
        {
            "try again"
        }
        _ => return None,
    };
    Some(advice)
}
