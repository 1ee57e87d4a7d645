//! What can go wrong with a server, and which of it is worth another try.

use super::address::Address;
use crate::error::Error;
use std::error::Error as _;
use tokio_postgres::error::SqlState;

/// Why a call on the server failed.
#[derive(Debug)]
pub(super) enum Problem {
    /// No connection could be made.
    Unreachable(String),
    /// The answer did not come in time.
    TooSlow,
    /// The server refused, or the connection was lost.
    Server(tokio_postgres::Error),
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
    /// Whether the same call may succeed later: the server starts, stops, fails over, is full, or has stopped
    /// this transaction in favour of another.
    pub(super) fn is_worth_another_try(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::TooSlow => true,
            Self::Server(error) => match error.as_db_error() {
                // The connection was lost, or the server speaks another language.
                None => true,
                Some(refused) => {
                    let code = refused.code().code();
                    let classes = ["08", "57P", "40", "53"];
                    // A standby, which may become the leader.
                    classes.iter().any(|class| code.starts_with(class))
                        || refused.code() == &SqlState::READ_ONLY_SQL_TRANSACTION
                        // Another process has given the same number to a run, or creates the tables, too.
                        || refused.code() == &SqlState::UNIQUE_VIOLATION
                        || refused.code() == &SqlState::DUPLICATE_TABLE
                }
            },
            Self::Log(_) => false,
        }
    }

    /// Whether the server has said that nothing was stored.
    pub(super) fn is_refusal(&self) -> bool {
        match self {
            Self::Server(error) => error
                .as_db_error()
                .is_some_and(|refused| !refused.code().code().starts_with("57P")),
            Self::Unreachable(_) | Self::Log(_) => true,
            Self::TooSlow => false,
        }
    }

    /// Whether the table, or its schema, does not exist.
    pub(super) fn is_missing_table(&self) -> bool {
        let Self::Server(error) = self else {
            return false;
        };
        let missing = [&SqlState::UNDEFINED_TABLE, &SqlState::INVALID_SCHEMA_NAME];
        error.code().is_some_and(|code| missing.contains(&code))
    }

    pub(super) fn into_error(self, address: &Address) -> Error {
        let server = address.to_string();
        match self {
            Self::Log(error) => error,
            Self::TooSlow => Error::ServerTooSlow { server },
            Self::Unreachable(reason) => Error::ServerUnreachable { server, reason },
            Self::Server(error) => Error::Server {
                server,
                reason: reason(&error),
            },
        }
    }
}

/// What the server, or the connection, says. The text of the crate alone is `db error`.
pub(super) fn reason(error: &tokio_postgres::Error) -> String {
    if let Some(refused) = error.as_db_error() {
        let hint = refused.hint().or(refused.detail());
        let hint = hint.map_or_else(String::new, |hint| format!(" ({hint})"));
        return format!("{}{hint}", refused.message());
    }
    match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
