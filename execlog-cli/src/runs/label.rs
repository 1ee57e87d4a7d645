//! Reads a label from the command line.

/// Reads `NAME=VALUE`. The value may be empty and may have more `=`. The limits are those of the library.
pub(crate) fn parse(text: &str) -> Result<(String, String), String> {
    const LONGEST_NAME: usize = 64;
    const LONGEST_VALUE: usize = 1024;
    let Some((name, value)) = text.split_once('=') else {
        return Err("write a label as `team=search`".to_owned());
    };
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(format!(
            "write a name of 1 to {LONGEST_NAME} bytes before the `=`, as in `team=search`"
        ));
    }
    if value.len() > LONGEST_VALUE {
        return Err(format!(
            "the value has {} bytes: write at most {LONGEST_VALUE}",
            value.len()
        ));
    }
    Ok((name.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_label_is_a_name_and_a_value() {
        for (text, name, value) in [
            ("team=search", "team", "search"),
            ("url=a?b=c", "url", "a?b=c"),
            ("empty=", "empty", ""),
        ] {
            assert_eq!(parse(text), Ok((name.to_owned(), value.to_owned())));
        }
        let (long_name, long_value) = ("n".repeat(65), "v".repeat(1025));
        for wrong in [
            "team",
            "=search",
            "a\u{1b}=b",
            &format!("{long_name}=a"),
            &format!("a={long_value}"),
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
