//! Which names are those of a secret.

/// Words that name a secret where they stand last.
const SECRET: [&str; 18] = [
    "bearer",
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
const SECRET_ENDS: [&str; 11] = [
    "keypass",
    "storepass",
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
const SECRET_KEYS: [&str; 15] = [
    "api",
    "access",
    "account",
    "admin",
    "application",
    "auth",
    "deploy",
    "encryption",
    "license",
    "master",
    "private",
    "secret",
    "shared",
    "signing",
    "subscription",
];

/// Words before `token`, `password` or `pass` that speak of text to be read, of a turn to be taken, or
/// of what is to be done about a secret.
const NOT_ITSELF: [&str; 32] = [
    "ask", "bos", "by", "check", "cls", "each", "end", "eos", "every", "existing", "first",
    "generate", "last", "mask", "max", "min", "multi", "no", "one", "pad", "per", "prompt",
    "require", "rotate", "second", "sep", "show", "single", "special", "start", "stop", "unk",
];

/// Whether a flag, a variable or a field of this name holds a secret.
pub(super) fn is_secret(name: &str) -> bool {
    let words = words(name);
    let words = match words.as_slice() {
        // What Rails calls its secret key.
        [before @ .., base] if base == "base" => before,
        words => words,
    };
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
            (is_word || ends_so) && !NOT_ITSELF.contains(&qualifier)
        }
    }
}

/// Whether a value behind such a name is no secret itself: nothing, a word that says whether, where
/// the secret is to be found, a pattern to find it with, or code that comes by it.
pub(super) fn is_reference(value: &str) -> bool {
    const WORDS: [&str; 13] = [
        "-",
        "*",
        "all",
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
    const STARTS: [&str; 14] = [
        "env:", "env.", "file:", "@/", "op://", "vault:", "arn:", "id=", "[^", ".*", "(.", "([",
        "self.", "this.",
    ];
    let value = value.trim_matches(['"', '\'', '`']);
    let word = value.trim_end_matches([')', ']', '}', ';']);
    word.is_empty()
        || value.contains(super::REDACTED)
        || WORDS.contains(&word.to_ascii_lowercase().as_str())
        || STARTS.iter().any(|start| value.starts_with(start))
        || value.chars().all(|character| character == '*')
        || is_placeholder(word)
        || is_path(value)
        || is_code(value)
}

/// Whether this is the name of a value that is put in later: `$NAME`, `${NAME}`, `%NAME%`,
/// `{{ name }}`, `<name>`, or a class of a pattern.
fn is_placeholder(value: &str) -> bool {
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let is_name = |name: &str| !name.is_empty() && name.chars().all(is_of_name);
    let between = |start, end| {
        let inner = value
            .strip_prefix(start)
            .and_then(|rest| rest.strip_suffix(end));
        inner.is_some_and(is_name)
    };
    let variable = value.strip_prefix('$');
    variable.is_some_and(|name| is_name(name.strip_prefix("env:").unwrap_or(name)))
        || between("%", "%")
        || value.starts_with('<') && value.contains('>')
        || ["${", "$(", "{{", "\\S", "\\w", "\\d"]
            .iter()
            .any(|start| value.starts_with(start))
}

/// Whether this leads to a file. Base64 has slashes too, but hardly begins with one and has another.
fn is_path(value: &str) -> bool {
    let is_relative = ["./", "../", "~/"]
        .iter()
        .any(|start| value.starts_with(start));
    let is_path_sign = |character: char| character.is_alphanumeric() || "/._- ".contains(character);
    let is_absolute = value
        .strip_prefix('/')
        .is_some_and(|rest| rest.contains('/'));
    is_relative || is_absolute && value.len() < 40 && value.chars().all(is_path_sign)
}

/// Whether this is a call, or an element of something.
fn is_code(value: &str) -> bool {
    let is_of_name =
        |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
    let name = value
        .find(|character| !is_of_name(character))
        .unwrap_or(value.len());
    let rest = &value[name..];
    name > 0 && (rest.starts_with('(') && rest.ends_with(')') || rest.starts_with("[\""))
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
