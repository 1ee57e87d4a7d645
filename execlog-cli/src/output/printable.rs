//! Decides which characters may reach a terminal, and escapes the others.
//!
//! Text for people and templates goes through [`printable`], JSON through [`printable_json`], and lines
//! that another crate writes through [`PrintableLines`]. CSV goes through [`printable`] on its way to a
//! terminal only, since it has no escapes that a program would undo.

use std::fmt::Write as _;
use std::io::{self, Write};

/// Whether a terminal could act on the character, or show the text around it other than it is.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || is_default_ignorable(character)
        // Line and paragraph separator.
        || matches!(character, '\u{2028}' | '\u{2029}')
        // Interlinear annotation.
        || matches!(character, '\u{fff9}'..='\u{fffb}')
}

/// The Unicode property `Default_Ignorable_Code_Point`: zero-width characters, bidirectional controls,
/// fillers, variation selectors and tags. Nothing is seen of them.
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

/// The text on one line, with unsafe characters as `\n` or `\u{202e}`.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |character, printable| {
        printable.extend(character.escape_default());
    })
}

/// The same JSON, with unsafe characters as `\u202e`.
pub(crate) fn printable_json(json: String) -> String {
    // Most JSON is plain ASCII, and is not copied.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n');
    // Without an early end, so that it takes many bytes at once.
    if json.bytes().fold(true, |all, byte| all & is_plain(byte)) {
        return json;
    }
    escaped(&json, |character, printable| match character {
        // Between values: within a string it has been escaped.
        '\n' => printable.push('\n'),
        character => {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // A `String` takes everything.
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

/// Writes whole lines, each of them printable.
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
    fn every_unsafe_character_is_escaped() {
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
    fn every_other_character_stays() {
        let text = "index --root 'wörter' 日本語 🎉 e\u{301} \u{a0}";
        assert_eq!(printable(text), text);
        let json = serde_json::to_string_pretty(&[text, "a\nb"]).expect("JSON");
        assert_eq!(printable_json(json.clone()), json);
    }

    #[test]
    fn lines_end_where_they_ended() {
        let mut lines = PrintableLines(Vec::new());
        lines.write_all(b"a\x1b[2J\n\r\nb").expect("written");
        assert_eq!(lines.0, b"a\\u{1b}[2J\n\\r\nb");
    }
}
