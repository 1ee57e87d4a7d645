//! Credentials in URLs.

use super::lookahead::Lookahead;
use super::reference::References;
use super::rules::{RULES, Url};
use super::usage::Part;
use std::ops::Range;

/// The longest part of a URL that is searched.
const LONGEST: usize = 1024;

/// Adds the places of credentials before the host of a URL, and of secrets in URLs by the rules.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    if text.contains(':') {
        find_before_host(text, found);
        find_by_rule(text, found);
    }
}

fn find_before_host(text: &str, found: &mut Vec<Range<usize>>) {
    let mut end = Lookahead::new(text, |text| text.find(ends_url));
    let mut references = References::new(text);
    for (scheme_end, separator) in text.match_indices("://") {
        let start = scheme_end + separator.len();
        let url = &text[start..within_reach(text, start, end.after(start))];
        let Some(user_info) = user_info(url) else {
            continue;
        };
        let secret = match user_info.split_once(':') {
            Some((user, password)) => {
                let from = start + user.len() + 1;
                let place = from..from + password.len();
                (!references.has(place.clone())).then_some(place)
            }
            None => looks_like_token(user_info).then(|| start..start + user_info.len()),
        };
        found.extend(secret);
    }
}

fn find_by_rule(text: &str, found: &mut Vec<Range<usize>>) {
    let mut end = Lookahead::new(text, |text| text.find(ends_url));
    let mut path_end = Lookahead::new(text, |text| text.find(ends_path));
    let mut references = References::new(text);
    for (colon, _) in text.match_indices(':') {
        let next = text.as_bytes().get(colon + 1);
        let begins = |url: &&Url| {
            url.from_colon.as_bytes().get(1) == next
                && text[colon..].starts_with(url.from_colon)
                && text[..colon].ends_with(url.before_colon)
        };
        let Some(url) = RULES.urls.iter().find(begins) else {
            continue;
        };
        let start = colon + url.from_colon.len();
        let end = match url.part {
            Part::Whole => path_end.after(start),
            _ => within_reach(text, start, end.after(start)),
        };
        let secret = url.part.place(&text[start..end]);
        let secret = secret.map(|secret| start + secret.start..start + secret.end);
        found.extend(secret.filter(|secret| !references.has(secret.clone())));
    }
}

/// Returns the end of a URL, or of the part that is searched.
fn within_reach(text: &str, start: usize, end: usize) -> usize {
    let mut end = end.min(start + LONGEST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

fn ends_path(character: char) -> bool {
    ends_url(character) || matches!(character, '?' | '#')
}

fn ends_url(character: char) -> bool {
    character.is_whitespace() || matches!(character, '"' | '`' | '<' | '>')
}

/// Returns the user information before the host.
///
/// It ends at the last `@` before the path. If there is none, the password may have an unencoded
/// `/`; this is assumed if the text after the colon is not a port.
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

/// Whether a user name looks like a token: long, with letters and digits.
fn looks_like_token(user: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    user.len() >= 20
        && user.bytes().all(is_token)
        && user.bytes().any(|byte| byte.is_ascii_digit())
        && user.bytes().any(|byte| byte.is_ascii_alphabetic())
}
