//! The names of secrets.

use super::rules::RULES;

/// The names of secrets that a host adds to those of the rules.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    /// In lower case, without leading dashes.
    own: Vec<String>,
}

impl Names {
    pub(super) fn add(&mut self, name: &str) {
        self.own.push(plain(name).to_ascii_lowercase());
    }

    /// Whether a flag, a variable or a field of this name holds a secret.
    pub(super) fn has(&self, name: &str) -> bool {
        is_secret(name) || self.has_own(name)
    }

    /// Whether this is a small number after a name that may also be that of a count, as `--pass 2`.
    pub(super) fn is_count(&self, name: &str, value: &str) -> bool {
        let is_number =
            (1..=3).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_digit());
        is_number
            && matches!(last_words(name), [None, None, Some(word)] if RULES.counts.contains(&&*word))
            && !self.has_own(name)
    }

    fn has_own(&self, name: &str) -> bool {
        let name = plain(name);
        self.own.iter().any(|own| own.eq_ignore_ascii_case(name))
    }
}

fn plain(name: &str) -> &str {
    name.trim_start_matches('-')
}

/// Whether the last words of a name are those of a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let [qualifier, last] = match last_words(name) {
        // `secret_key_base` is the secret key of Rails.
        [first, second, Some(base)] if base == "base" => [first, second],
        [_, first, second] => [first, second],
    };
    let (Some(last), qualifier) = (last, qualifier.unwrap_or_default()) else {
        return false;
    };
    match last.as_str() {
        "key" | "keys" => RULES.secret_keys.contains(&&*qualifier),
        // `tokens` is a count, unless its qualifier says whose tokens they are.
        "tokens" => ["access", "api", "auth"].contains(&&*qualifier),
        word => {
            let is_word = RULES.names.contains(&word);
            let ends_with_name = RULES.name_ends.iter().any(|end| word.ends_with(end));
            (is_word || ends_with_name) && !RULES.not_before_names.contains(&&*qualifier)
        }
    }
}

/// Returns the last three words of a name, in lower case: `--accessKey` has two.
fn last_words(name: &str) -> [Option<String>; 3] {
    let mut words = [None, None, None];
    let mut rest = name;
    for word in words.iter_mut().rev() {
        rest = rest.trim_end_matches(|character: char| !character.is_alphanumeric());
        let mut start = rest.len();
        let mut next: Option<char> = None;
        for (at, character) in rest.char_indices().rev() {
            let ends_word = !character.is_alphanumeric()
                || character.is_lowercase() && next.is_some_and(char::is_uppercase);
            if ends_word {
                break;
            }
            (start, next) = (at, Some(character));
        }
        if start < rest.len() {
            *word = Some(rest[start..].to_lowercase());
        }
        rest = &rest[..start];
    }
    words
}

#[cfg(test)]
mod tests {
    use super::is_secret;

    #[test]
    fn names_say_that_they_hold_a_secret() {
        for name in [
            "--token",
            "-token",
            "--api-key",
            "--apikey",
            "API_KEY",
            "PGPASSWORD",
            "_authToken",
            "--accessKey",
            "client_secret",
            "DB_PASS",
            "Password",
            "aws_secret_access_key",
            "--db.password",
            "SharedAccessKey",
            "//registry.example.com/:_authToken",
        ] {
            assert!(is_secret(name), "{name}");
        }
    }

    #[test]
    fn names_of_other_things_do_not() {
        for name in [
            "",
            "--",
            "--key",
            "--key-file",
            "--token-limit",
            "--max-tokens",
            "--tokenizer",
            "--password-stdin",
            "--eos-token",
            "--no-password",
            "--sort-key",
            "primary_key",
            "--first-pass",
            "--bypass",
            "access_key_id",
            "secret_name",
            "--compass",
        ] {
            assert!(!is_secret(name), "{name}");
        }
    }
}
