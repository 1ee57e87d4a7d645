//! Chooses the columns of a table.

use crate::runs::fields::Field;
use crate::runs::value::Value;

/// The number of spaces between columns.
pub(crate) const GAP: u16 = 2;

/// A column that may be cut is at least this wide, unless its longest text is shorter.
const LEAST: u16 = 12;

/// The columns that are left out if the screen is too narrow, in this order. Others are not left out.
const LEFT_OUT: [Field; 11] = [
    Field::root,
    Field::tool_version,
    Field::references_indexed,
    Field::symbols_indexed,
    Field::files_indexed,
    Field::exit_code,
    Field::host,
    Field::error_message,
    Field::duration_ms,
    Field::started_at,
    Field::args,
];

/// The columns of a table.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    fields: Vec<Field>,
    /// Columns that are left out if the screen is not wide.
    wide: Vec<Field>,
    /// Whether the user has chosen the columns: then none is left out.
    is_chosen: bool,
}

impl Layout {
    /// These columns, without those that are empty or do not fit.
    pub(crate) fn of(fields: &[Field]) -> Self {
        Self {
            fields: fields.to_vec(),
            wide: Vec::new(),
            is_chosen: false,
        }
    }

    /// All of these columns.
    pub(super) fn chosen(fields: &[Field]) -> Self {
        Self {
            is_chosen: true,
            ..Self::of(fields)
        }
    }

    /// Leaves these columns out if the screen is not wide.
    pub(crate) fn with_wide(mut self, fields: &[Field]) -> Self {
        self.wide = fields.to_vec();
        self
    }

    /// Adds the host behind the first column, if the screen is wide.
    pub(crate) fn with_host(mut self) -> Self {
        self.fields.insert(1, Field::host);
        self.wide.push(Field::host);
        self
    }

    /// Adds the file of the log in front.
    pub(crate) fn with_log(mut self) -> Self {
        self.fields.insert(0, Field::log);
        self
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.fields.contains(&field)
    }

    /// Every column that a screen of this width may have.
    pub(super) fn fields(&self, width: Option<u16>) -> Vec<Field> {
        let is_wide = is_wide(width);
        let fields = self.fields.iter().copied();
        fields
            .filter(|field| is_wide || !self.wide.contains(field))
            .collect()
    }

    /// Which of these columns to show: those that have a value or were `shown` before, as far as they fit.
    /// `widths` are those of the longest texts.
    pub(super) fn choose(
        &self,
        columns: &Columns<'_>,
        rows: &[Vec<Value>],
        screen: Option<u16>,
    ) -> Vec<bool> {
        let Columns {
            fields,
            shown,
            widths,
        } = columns;
        if self.is_chosen {
            return vec![true; fields.len()];
        }
        let has_value = |index: usize| rows.iter().any(|row| !is_empty(&row[index]));
        let is_shown = |index: usize| shown.get(index) == Some(&true) || has_value(index);
        let mut chosen: Vec<_> = (0..fields.len()).map(is_shown).collect();
        let Some(screen) = screen else {
            return chosen;
        };
        for left_out in LEFT_OUT {
            let least = fields.iter().zip(*widths).zip(&chosen);
            let least = least.filter(|(_, is_chosen)| **is_chosen);
            let least = least.map(|((field, width), _)| self::least(*field, *width));
            if least.fold(0, u16::saturating_add) <= screen.saturating_add(GAP) {
                break;
            }
            if let Some(index) = fields.iter().position(|field| *field == left_out) {
                chosen[index] = false;
            }
        }
        chosen
    }
}

/// The columns that a table may have.
pub(super) struct Columns<'a> {
    pub(super) fields: &'a [Field],
    /// Which were shown before. Empty at first.
    pub(super) shown: &'a [bool],
    /// The widths of the longest texts.
    pub(super) widths: &'a [u16],
}

/// Whether a line has at least 120 characters, or no limit.
pub(crate) fn is_wide(width: Option<u16>) -> bool {
    width.is_none_or(|width| width >= 120)
}

/// The least width of a column and of the gap after it.
pub(super) fn least(field: Field, width: u16) -> u16 {
    let least = if may_be_cut(field) {
        LEAST.min(width)
    } else {
        width
    };
    least.saturating_add(GAP)
}

/// Whether the end of this field may be cut off to fit the screen.
pub(super) fn may_be_cut(field: Field) -> bool {
    matches!(
        field,
        Field::args
            | Field::root
            | Field::db_path
            | Field::error_message
            | Field::note
            | Field::command
            | Field::working_directory
            | Field::labels
            | Field::counters
            | Field::phases
            | Field::pin
    )
}

/// Whether the value says nothing. A count of 0 and the exit code 0 do not.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Nothing | Value::Integer(0) => true,
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        _ => false,
    }
}
