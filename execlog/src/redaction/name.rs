//! Which names are those of a secret.

/// Words that name a secret where they stand last.
const SECRET: [&str; 17] = [
    "token",
    "tokens",
    "password",
    "passwd",
    "passphrase",
    "passcode",
    "pass",
    "pwd",
    "pw",
    "secret",
    "credential",
    "credentials",
    "apikey",
    "authkey",
    "accesskey",
    "secretkey",
    "privatekey",
];

/// Ends of words that are run together, as in `PGPASSWORD` or `authtoken`.
const SECRET_ENDS: [&str; 9] = [
    "token",
    "password",
    "passwd",
    "passphrase",
    "secret",
    "apikey",
    "accesskey",
    "secretkey",
    "privatekey",
];

/// What makes a key one that is secret.
const SECRET_KEYS: [&str; 13] = [
    "api",
    "access",
    "account",
    "admin",
    "auth",
    "deploy",
    "encryption",
    "license",
    "master",
    "private",
    "secret",
    "shared",
    "signing",
];

/// Words before `token` or `pass` that speak of text to be read, or of a turn to be taken.
const OF_TEXT: [&str; 24] = [
    "bos", "by", "cls", "each", "end", "eos", "every", "first", "last", "mask", "max", "min",
    "multi", "no", "one", "pad", "per", "second", "sep", "single", "special", "start", "stop",
    "unk",
];

/// Whether a flag, a variable or a field of this name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let words = words(name);
    let Some((last, before)) = words.split_last() else {
        return false;
    };
    let qualifier = before.last().map_or("", String::as_str);
    match last.as_str() {
        "key" | "keys" => SECRET_KEYS.contains(&qualifier),
        // A number of them, unless someone says whose they are.
        "tokens" => ["access", "api", "auth"].contains(&qualifier),
        word => {
            let is_word = SECRET.contains(&word);
            let ends_so = SECRET_ENDS.iter().any(|end| word.ends_with(end));
            (is_word || ends_so) && !OF_TEXT.contains(&qualifier)
        }
    }
}

/// Whether a value behind such a name is no secret itself: nothing, a word that says whether, or
/// where the secret is to be found.
pub(super) fn is_reference(value: &str) -> bool {
    const WORDS: [&str; 12] = [
        "-",
        "*",
        "false",
        "nil",
        "no",
        "none",
        "null",
        "prompt",
        "stdin",
        "true",
        "undefined",
        "yes",
    ];
    const STARTS: [&str; 9] = [
        "$",
        "{{",
        "<",
        "%",
        "env:",
        "env.",
        "file:",
        "@/",
        super::REDACTED,
    ];
    let value = value.trim_matches(['"', '\'', '`']);
    value.is_empty()
        || WORDS.contains(&value.to_ascii_lowercase().as_str())
        || STARTS.iter().any(|start| value.starts_with(start))
        || value.chars().all(|character| character == '*')
}

/// The words of a name, in lower case: `--accessKey` has two.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = None;
    for character in name.chars() {
        let starts_word = match before {
            Some(before) => {
                !char::is_alphanumeric(before) || before.is_lowercase() && character.is_uppercase()
            }
            None => true,
        };
        if character.is_alphanumeric() {
            if starts_word {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(character.to_lowercase());
            }
        }
        before = Some(character);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::{is_reference, is_secret};

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

    #[test]
    fn a_value_can_say_where_the_secret_is() {
        for value in [
            "",
            "$TOKEN",
            "\"${DB_PASS}\"",
            "{{ token }}",
            "<token>",
            "***",
            "-",
            "env:T",
        ] {
            assert!(is_reference(value), "{value}");
        }
        for value in ["hunter2", "a$b", "nothing"] {
            assert!(!is_reference(value), "{value}");
        }
    }
}
