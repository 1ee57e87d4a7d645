//! Credentials in URLs.

use super::name;
use std::ops::Range;

/// Where in a URL a path begins that is as good as a password.
const SECRET_PATHS: [&str; 5] = [
    "://hooks.slack.com/services/",
    "://discord.com/api/webhooks/",
    "://discordapp.com/api/webhooks/",
    "://outlook.office.com/webhook/",
    "://api.telegram.org/bot",
];

/// What stands before a host is no longer.
const LONGEST: usize = 1024;

/// Adds the places of passwords, and of tokens in their stead, before the host of a URL, and of paths
/// that stand for them.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    if !text.contains("://") {
        return;
    }
    for start in SECRET_PATHS {
        for (at, _) in text.match_indices(start) {
            let path = at + start.len();
            let ends_path = |character| ends_url(character) || matches!(character, '?' | '#');
            let length = text[path..].find(ends_path).unwrap_or(text.len() - path);
            if !name::is_reference(&text[path..path + length]) {
                found.push(path..path + length);
            }
        }
    }
    for (scheme_end, separator) in text.match_indices("://") {
        let start = scheme_end + separator.len();
        let rest = &text[start..];
        let mut characters = rest.char_indices().enumerate();
        let ends = |(count, (_, character)): &(usize, (usize, char))| {
            *count == LONGEST || ends_url(*character)
        };
        let end = characters.find(ends).map_or(rest.len(), |(_, (at, _))| at);
        let Some(user_info) = user_info(&rest[..end]) else {
            continue;
        };
        let secret = match user_info.split_once(':') {
            Some((user, password)) => {
                let from = start + user.len() + 1;
                (!name::is_reference(password)).then(|| from..from + password.len())
            }
            None => looks_like_token(user_info).then(|| start..start + user_info.len()),
        };
        found.extend(secret);
    }
}

fn ends_url(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '`' | '<' | '>')
}

/// What stands before the host, if anything does.
///
/// It ends at the last `@` before the path. Where there is none, a password may have a `/` that
/// should have been encoded: then it is not a port that stands before it.
fn user_info(url: &str) -> Option<&str> {
    let authority = url.find(['/', '?', '#']).unwrap_or(url.len());
    if let Some(at) = url[..authority].rfind('@') {
        return Some(&url[..at]);
    }
    let (host, port) = url[..authority].split_once(':')?;
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit());
    if is_port || host.starts_with('[') {
        return None;
    }
    url.rfind('@').map(|at| &url[..at])
}

/// Whether a user's name is rather a token: long, of letters and digits.
fn looks_like_token(user: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    user.len() >= 20
        && user.bytes().all(is_token)
        && user.bytes().any(|byte| byte.is_ascii_digit())
        && user.bytes().any(|byte| byte.is_ascii_alphabetic())
}
