//! What is shipped, and for how long.

use crate::model::StoredRun;
use std::str::FromStr;
use std::time::Duration;

/// What [`Maintenance::ship`](crate::Maintenance::ship) sends, and for how long.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Shipping {
    pub(super) time_limit: Option<Duration>,
    pub(super) is_all: bool,
    without: Vec<Field>,
}

/// A field that can be left out of what is shipped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Field {
    /// The arguments, except the first, which is the command.
    Args,
    /// The error message.
    Error,
    /// The root, the path of the database and the working directory.
    Paths,
    /// The labels.
    Labels,
    /// The user.
    User,
}

impl Shipping {
    /// Every field of what has changed since the last time, without a time limit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Offers the whole log again, not only what has changed: for runs that the target has lost. A server keeps the
    /// runs that it has, and does not take back those that were removed from it.
    pub fn all(mut self) -> Self {
        self.is_all = true;
        self
    }

    /// Ends the call after this time. What has not been sent by then is sent the next time.
    pub fn time_limit(mut self, time: Duration) -> Self {
        self.time_limit = Some(time);
        self
    }

    /// Leaves this field out of each run. Such a run cannot be compared with its seal in the target.
    pub fn without(mut self, field: Field) -> Self {
        self.without.push(field);
        self
    }

    /// Leaves out what is to be left out. Returns whether nothing was.
    pub(super) fn strip(&self, run: &mut StoredRun) -> bool {
        let before = (!self.without.is_empty()).then(|| run.clone());
        for field in &self.without {
            field.strip(run);
        }
        before.is_none_or(|before| before == *run)
    }
}

impl Field {
    const ALL: [(&'static str, Self); 5] = [
        ("args", Self::Args),
        ("error", Self::Error),
        ("paths", Self::Paths),
        ("labels", Self::Labels),
        ("user", Self::User),
    ];

    /// The names of all fields, as [`FromStr`] reads them.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().map(|(name, _)| name)
    }

    fn strip(self, run: &mut StoredRun) {
        let StoredRun { record, context } = run;
        match self {
            Self::Args => {
                let command = record.first_argument().map(std::borrow::Cow::into_owned);
                let command: Vec<String> = command.into_iter().collect();
                record.args = serde_json::Value::from(command).to_string();
            }
            Self::Error => record.error_message = None,
            Self::Paths => {
                record.root = None;
                record.db_path.clear();
                if let Some(context) = context {
                    context.working_directory = None;
                }
            }
            Self::Labels => {
                if let Some(context) = context {
                    context.labels.clear();
                }
            }
            Self::User => {
                if let Some(context) = context {
                    context.user = None;
                }
            }
        }
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut fields = Self::ALL.into_iter();
        let field = fields.find(|(name, _)| *name == text);
        field.map(|(_, field)| field).ok_or_else(|| {
            let names: Vec<_> = Self::names().map(|name| format!("`{name}`")).collect();
            format!(
                "`{text}` is not a field that can be left out: use {}",
                names.join(", ")
            )
        })
    }
}
