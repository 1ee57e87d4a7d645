//! Escapes characters that could control a terminal.
//!
//! [`printable`] is for text and templates, [`printable_json`] for JSON, and [`PrintableLines`] for lines
//! that another crate writes. CSV is escaped by [`printable`] only on a terminal, because programs that
//! read CSV do not undo escapes.

use std::fmt::Write as _;
use std::io::{self, Write};

/// Whether the character could control a terminal, or change how the text around it is shown.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || is_default_ignorable(character)
        // Line and paragraph separator.
        || matches!(character, '\u{2028}' | '\u{2029}')
        // Interlinear annotation.
        || matches!(character, '\u{fff9}'..='\u{fffb}')
}

/// Whether the character has the Unicode property `Default_Ignorable_Code_Point`: zero-width characters,
/// bidirectional controls, fillers, variation selectors and tags. They are invisible.
fn is_default_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Escapes unsafe characters as `\n` or `\u{202e}`. The result is one line.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |character, printable| {
        printable.extend(character.escape_default());
    })
}

/// Escapes unsafe characters in JSON as `\u202e`. The value stays the same.
pub(crate) fn printable_json(json: String) -> String {
    // Most JSON is plain ASCII: return it without a copy.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n');
    // `fold` has no early exit, so the compiler can vectorise it.
    if json.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        return json;
    }
    escaped(&json, |character, printable| match character {
        // A line feed between values: within strings it is already escaped.
        '\n' => printable.push('\n'),
        character => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                let _ = write!(printable, "\\u{unit:04x}");
            }
        }
    })
}

fn escaped(text: &str, escape: impl Fn(char, &mut String)) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if is_unsafe(character) {
            escape(character, &mut printable);
        } else {
            printable.push(character);
        }
    }
    printable
}

/// Escapes each line that is written to it.
pub(crate) struct PrintableLines<W>(pub(crate) W);

impl<W: Write> Write for PrintableLines<W> {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        for line in String::from_utf8_lossy(lines).split_inclusive('\n') {
            let text = line.strip_suffix('\n');
            let end = if text.is_some() { "\n" } else { "" };
            write!(self.0, "{}{end}", printable(text.unwrap_or(line)))?;
        }
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::{PrintableLines, printable, printable_json};
    use std::io::Write;

    const UNSAFE: &str = "\u{0}\u{7}\u{8}\u{1b}\u{7f}\u{80}\u{85}\u{9b}\u{9f}\u{ad}\u{61c}\u{200b}\u{200d}\
        \u{200e}\u{2028}\u{2029}\u{202e}\u{2066}\u{2069}\u{feff}\u{fff9}\u{fe0f}\u{e0041}\u{e007f}\
        \u{e0100}";

    #[test]
    fn unsafe_characters_are_escaped() {
        for character in UNSAFE.chars() {
            let text = format!("a{character}b");
            assert_eq!(
                printable(&text),
                format!("a{}b", character.escape_default())
            );
            let json = serde_json::to_string(&text).expect("JSON");
            let escaped = printable_json(json);
            assert!(escaped.is_ascii(), "{escaped}");
            assert_eq!(
                serde_json::from_str::<String>(&escaped).expect("JSON"),
                text
            );
        }
    }

    #[test]
    fn other_characters_are_not_changed() {
        let text = "index --root 'wörter' 日本語 🎉 e\u{301} \u{a0}";
        assert_eq!(printable(text), text);
        let json = serde_json::to_string_pretty(&[text, "a\nb"]).expect("JSON");
        assert_eq!(printable_json(json.clone()), json);
    }

    #[test]
    fn line_ends_are_kept() {
        let mut lines = PrintableLines(Vec::new());
        lines.write_all(b"a\x1b[2J\n\r\nb").expect("written");
        assert_eq!(lines.0, b"a\\u{1b}[2J\n\\r\nb");
    }
}
