//! Passwords in the form of `.netrc`: `machine HOST login USER password SECRET`.

use super::reference::is_reference;
use super::words::words;
use std::ops::Range;

/// The kind of word expected next.
#[derive(Clone, Copy)]
enum Next {
    /// Any word outside an entry.
    Other,
    Host,
    /// `login`, the first key of an entry.
    FirstKey,
    /// The name of a user or an account.
    User,
    /// `password` or `account`.
    Key,
    Password,
}

/// Adds the places of passwords.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    if !text.contains(char::is_whitespace) || !text.contains("password") {
        return;
    }
    let mut next = Next::Other;
    for (start, words) in words(text) {
        let mut start = start;
        // `printf` arguments have `\n` for line breaks.
        for word in words.split("\\n") {
            next = match (next, word) {
                (next, "") => next,
                (Next::Host, _) => Next::FirstKey,
                (Next::User, _) => Next::Key,
                (Next::Password, password) => {
                    if !is_reference(password) {
                        found.push(start..start + password.len());
                    }
                    Next::Key
                }
                (_, "machine") => Next::Host,
                (_, "default") => Next::FirstKey,
                (Next::FirstKey, "login") | (Next::Key, "account") => Next::User,
                (Next::Key, "password") => Next::Password,
                _ => Next::Other,
            };
            start += word.len() + "\\n".len();
        }
    }
}
