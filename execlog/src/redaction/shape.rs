//! Tokens that can be told by how they look.
//!
//! Prefixes, alphabets and lengths are those that the issuers document for their secret scanning.

use std::ops::Range;
use std::sync::LazyLock;

#[derive(Clone, Copy)]
enum Alphabet {
    /// `0-9a-f`
    Hexadecimal,
    /// `A-Z0-9`
    Upper,
    /// `A-Z0-9-`
    UpperDashed,
    /// `A-Za-z0-9`
    Alphanumeric,
    /// `A-Za-z0-9_-`
    Url,
    /// `A-Za-z0-9_-.`, for tokens of several parts
    Dotted,
    /// `A-Za-z0-9+/=_-`
    Base64,
}

impl Alphabet {
    fn has(self, byte: u8) -> bool {
        match self {
            Self::Hexadecimal => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::UpperDashed => Self::Upper.has(byte) || byte == b'-',
            Self::Alphanumeric => byte.is_ascii_alphanumeric(),
            Self::Url => byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'),
            Self::Dotted => Self::Url.has(byte) || byte == b'.',
            Self::Base64 => Self::Url.has(byte) || matches!(byte, b'+' | b'/' | b'='),
        }
    }
}

use Alphabet::{Alphanumeric, Base64, Dotted, Hexadecimal, Upper, UpperDashed, Url};

/// A prefix, the alphabet of what follows, and how much of it there is at least and at most.
struct Shape(&'static str, Alphabet, usize, usize);

const MANY: usize = usize::MAX;

#[rustfmt::skip]
const SHAPES: &[Shape] = &[
    // Amazon Web Services
    Shape("AKIA", Upper, 16, 16), Shape("ASIA", Upper, 16, 16), Shape("ABIA", Upper, 16, 16),
    Shape("ACCA", Upper, 16, 16), Shape("bedrock-api-key-", Base64, 20, MANY), Shape("ABSK", Base64, 100, MANY),
    // Code hosts
    Shape("ghp_", Alphanumeric, 30, MANY), Shape("gho_", Alphanumeric, 30, MANY),
    Shape("ghu_", Alphanumeric, 30, MANY), Shape("ghs_", Alphanumeric, 30, MANY),
    Shape("ghr_", Alphanumeric, 30, MANY), Shape("github_pat_", Url, 40, MANY),
    Shape("glpat-", Dotted, 20, MANY), Shape("gldt-", Url, 20, MANY), Shape("glrt-", Dotted, 20, MANY),
    Shape("glptt-", Url, 20, MANY), Shape("glcbt-", Url, 20, MANY), Shape("glft-", Url, 20, MANY),
    Shape("glsoat-", Url, 20, MANY), Shape("glimt-", Url, 20, MANY), Shape("glagent-", Url, 20, MANY),
    Shape("gloas-", Url, 20, MANY), Shape("glffct-", Url, 20, MANY), Shape("glrtr-", Url, 20, MANY),
    Shape("GR1348941", Url, 20, MANY), Shape("ATATT3", Base64, 50, MANY), Shape("ATBB", Alphanumeric, 28, MANY),
    Shape("ATCTT3", Base64, 50, MANY),
    // Package registries
    Shape("npm_", Alphanumeric, 36, 36), Shape("pypi-AgE", Url, 16, MANY), Shape("cio", Alphanumeric, 32, 32),
    Shape("rubygems_", Hexadecimal, 48, 48), Shape("dckr_pat_", Url, 20, MANY), Shape("dckr_oat_", Url, 20, MANY),
    Shape("oy2", Alphanumeric, 43, 43), Shape("CLOJARS_", Alphanumeric, 60, 60),
    // Clouds and hosting
    Shape("AIza", Url, 35, 35), Shape("ya29.", Dotted, 20, MANY), Shape("GOCSPX-", Url, 28, 28),
    Shape("1//0", Url, 30, MANY), Shape("LTAI", Alphanumeric, 12, 30), Shape("AKID", Alphanumeric, 32, 36),
    Shape("dop_v1_", Hexadecimal, 64, 64), Shape("doo_v1_", Hexadecimal, 64, 64), Shape("dor_v1_", Hexadecimal, 64, 64),
    Shape("nfp_", Alphanumeric, 36, 40), Shape("HRKU-", Url, 36, MANY), Shape("fo1_", Url, 40, 44),
    Shape("fm1_", Base64, 60, MANY), Shape("fm2_", Base64, 60, MANY), Shape("fm1r_", Base64, 60, MANY),
    Shape("fm1a_", Base64, 60, MANY), Shape("tskey-", Url, 20, MANY),
    Shape("AGE-SECRET-KEY-1", Upper, 58, 58), Shape("hvs.", Url, 24, MANY), Shape("hvb.", Url, 24, MANY),
    Shape("hvr.", Url, 24, MANY), Shape("dp.pt.", Alphanumeric, 40, 44), Shape("dp.st.", Dotted, 40, MANY),
    Shape("dp.ct.", Alphanumeric, 40, 44), Shape("dp.sa.", Alphanumeric, 40, 44), Shape("dp.scim.", Alphanumeric, 40, 44),
    Shape("dp.audit.", Alphanumeric, 40, 44), Shape("pul-", Hexadecimal, 40, 40), Shape("pscale_tkn_", Dotted, 32, 64),
    Shape("pscale_pw_", Dotted, 32, 64), Shape("pscale_oauth_", Dotted, 32, 64), Shape("sbp_", Hexadecimal, 40, 44),
    Shape("sb_secret_", Url, 20, MANY), Shape("rnd_", Alphanumeric, 28, 40), Shape("vcp_", Alphanumeric, 24, MANY),
    Shape("scw_", Url, 36, MANY), Shape("AQVN", Url, 35, 38), Shape("ops_eyJ", Base64, 100, MANY),
    // Messages and mail
    Shape("xoxb-", Url, 20, MANY), Shape("xoxp-", Url, 20, MANY), Shape("xoxa-", Url, 20, MANY),
    Shape("xoxr-", Url, 20, MANY), Shape("xoxs-", Url, 20, MANY), Shape("xoxo-", Url, 20, MANY),
    Shape("xoxe-", Url, 20, MANY), Shape("xoxe.xox", Dotted, 20, MANY), Shape("xoxc-", Url, 20, MANY),
    Shape("xoxd-", Base64, 20, MANY), Shape("xapp-", Url, 20, MANY), Shape("xwfp-", Url, 20, MANY),
    Shape("key-", Hexadecimal, 32, 32), Shape("SK", Hexadecimal, 32, 32), Shape("xkeysib-", Url, 64, MANY),
    Shape("xsmtpsib-", Url, 64, MANY), Shape("EAACEdEose0cBA", Alphanumeric, 20, MANY),
    Shape("EAA", Alphanumeric, 100, MANY),
    // Payment
    Shape("sk_live_", Alphanumeric, 10, MANY), Shape("sk_test_", Alphanumeric, 10, MANY),
    Shape("rk_live_", Alphanumeric, 10, MANY), Shape("rk_test_", Alphanumeric, 10, MANY),
    Shape("whsec_", Base64, 24, MANY), Shape("sq0atp-", Url, 22, MANY), Shape("sq0csp-", Url, 22, MANY),
    Shape("EAAA", Url, 60, 64), Shape("shpat_", Alphanumeric, 32, 32),
    Shape("shpss_", Alphanumeric, 32, 32), Shape("shpca_", Alphanumeric, 32, 32), Shape("shppa_", Alphanumeric, 32, 32),
    Shape("access_token$production$", Alphanumeric, 16, MANY), Shape("EZAK", Alphanumeric, 54, 54),
    Shape("EZTK", Alphanumeric, 54, 54), Shape("FLWSECK", Url, 20, MANY), Shape("duffel_live_", Url, 43, 43),
    Shape("access-production-", Url, 36, 36), Shape("access-sandbox-", Url, 36, 36), Shape("duffel_test_", Url, 43, 43), Shape("shippo_live_", Hexadecimal, 40, 40),
    // Language models
    Shape("sk-ant-", Url, 20, MANY), Shape("sk-proj-", Url, 20, MANY), Shape("sk-svcacct-", Url, 20, MANY),
    Shape("sk-admin-", Url, 20, MANY), Shape("sk-or-", Url, 20, MANY), Shape("sk-", Alphanumeric, 32, MANY),
    Shape("hf_", Alphanumeric, 30, MANY), Shape("api_org_", Alphanumeric, 34, 34), Shape("gsk_", Alphanumeric, 40, MANY),
    Shape("r8_", Alphanumeric, 37, 40), Shape("pplx-", Alphanumeric, 40, MANY), Shape("xai-", Alphanumeric, 70, MANY),
    Shape("nvapi-", Url, 40, MANY), Shape("lsv2_", Url, 32, MANY), Shape("tvly-", Url, 20, MANY),
    // Data and observation
    Shape("dapi", Hexadecimal, 32, 34), Shape("glsa_", Url, 32, MANY), Shape("glc_", Base64, 32, MANY),
    Shape("eyJrIjoi", Base64, 40, MANY), Shape("NRAK-", Upper, 27, 27), Shape("NRJS-", Hexadecimal, 19, 19),
    Shape("NRII-", Url, 32, 32), Shape("sntrys_", Base64, 40, MANY), Shape("sntryu_", Hexadecimal, 64, 64),
    Shape("phc_", Alphanumeric, 43, 43), Shape("phx_", Alphanumeric, 43, MANY), Shape("dt0c01.", Dotted, 80, MANY),
    Shape("sk.eyJ", Dotted, 40, MANY), Shape("lin_api_", Alphanumeric, 32, MANY), Shape("lin_oauth_", Hexadecimal, 64, 64),
    Shape("p8e-", Hexadecimal, 32, 32), Shape("A3-", UpperDashed, 37, 42), Shape("cmVmd", Alphanumeric, 59, 59),
    Shape("ico-", Alphanumeric, 32, 32), Shape("API-", Upper, 26, 26), Shape("sha256~", Url, 43, 43),
    Shape("pnu_", Alphanumeric, 36, 36), Shape("rdme_", Alphanumeric, 70, 70), Shape("v1.0-", Url, 171, 171),
    Shape("SWMTKN-1-", Url, 76, 76), Shape("waka_", Url, 36, 36), Shape("ntn_", Alphanumeric, 40, MANY),
    Shape("secret_", Alphanumeric, 43, 43), Shape("PMAK-", Url, 59, 59), Shape("figd_", Url, 40, MANY),
    Shape("pat-na1-", Url, 36, 36), Shape("pat-eu1-", Url, 36, 36), Shape("CFPAT-", Url, 43, MANY),
    Shape("CCIPAT_", Url, 40, MANY), Shape("CCIPRJ_", Url, 40, MANY), Shape("bkua_", Alphanumeric, 40, 40),
    Shape("bkaa_", Alphanumeric, 40, 40), Shape("sl.", Url, 60, MANY), Shape("tfp_", Dotted, 40, MANY),
    Shape("fio-u-", Base64, 64, MANY), Shape("RGAPI-", Url, 36, 36), Shape("SCMSDK-", Url, 36, MANY),
    Shape("ddp_", Alphanumeric, 36, MANY), Shape("sgp_", Url, 40, MANY), Shape("jfrt@", Url, 40, MANY),
    Shape("AKCp", Alphanumeric, 64, 74), Shape("sonar_", Alphanumeric, 40, MANY), Shape("squ_", Hexadecimal, 40, 40),
    Shape("sqp_", Hexadecimal, 40, 40), Shape("sqa_", Hexadecimal, 40, 40), Shape("LMK_", Alphanumeric, 40, MANY),
];

/// Shapes that a prefix and a length do not tell. Each gives the length of the token that its text
/// begins with.
const STRUCTURED: [fn(&str) -> Option<usize>; 11] = [
    private_key,
    jwt,
    sendgrid,
    telegram,
    discord,
    airtable,
    terraform,
    azure_client_secret,
    new_relic,
    maxmind,
    harness,
];

/// The shapes by the first byte of their prefixes.
static BY_FIRST_BYTE: LazyLock<Vec<Vec<&Shape>>> = LazyLock::new(|| {
    let starting_with = |byte: u8| {
        let shapes = SHAPES.iter();
        shapes
            .filter(|shape| shape.0.as_bytes()[0] == byte)
            .collect()
    };
    (0..128).map(starting_with).collect()
});

/// No token is shorter.
const SHORTEST: usize = 15;

/// Adds the places of tokens.
pub(super) fn find(text: &str, found: &mut Vec<Range<usize>>) {
    let bytes = text.as_bytes();
    let mut end = 0;
    for (start, &byte) in bytes.iter().enumerate() {
        if start + SHORTEST > bytes.len() {
            break;
        }
        if start < end || start > end && is_inside(&bytes[..start], byte) {
            continue;
        }
        let Some(shapes) = BY_FIRST_BYTE.get(usize::from(byte)) else {
            continue;
        };
        let rest = &text[start..];
        let shapes = shapes.iter().map(|shape| shape.length_at(rest));
        let structured = STRUCTURED.iter().map(|length_at| length_at(rest));
        if let Some(length) = shapes.chain(structured).flatten().max() {
            end = start + length;
            found.push(start..end);
        }
    }
}

/// Whether what begins with this byte goes on with the word before it. An escaped line break and an
/// escaped byte are no part of a word.
fn is_inside(before: &[u8], byte: u8) -> bool {
    let is_of_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_escape = match before {
        [.., b'\\', b'n' | b'r' | b't'] => true,
        [.., b'%', first, second] => first.is_ascii_hexdigit() && second.is_ascii_hexdigit(),
        _ => false,
    };
    let follows_word = before.last().is_some_and(|byte| is_of_word(*byte));
    if byte == b'-' {
        before.last() == Some(&b'-')
    } else {
        follows_word && !is_escape
    }
}

impl Shape {
    fn length_at(&self, text: &str) -> Option<usize> {
        let Self(prefix, alphabet, least, most) = *self;
        let body = text.strip_prefix(prefix)?;
        let length = run(body, alphabet);
        (least..=most)
            .contains(&length)
            .then_some(prefix.len() + length)
    }
}

/// How many bytes from the beginning on are of the alphabet.
fn run(text: impl AsRef<[u8]>, alphabet: Alphabet) -> usize {
    let bytes = text.as_ref().iter();
    bytes.take_while(|byte| alphabet.has(**byte)).count()
}

/// Parts of these lengths with dots between, and nothing of theirs behind.
fn parts(text: &str, alphabet: Alphabet, lengths: &[(usize, usize)]) -> Option<usize> {
    let mut end = 0;
    for (index, (least, most)) in lengths.iter().enumerate() {
        if index > 0 {
            end += usize::from(text[end..].starts_with('.'));
        }
        let longest = text.len().min(end.saturating_add(*most).saturating_add(1));
        let length = run(&text.as_bytes()[end..longest], alphabet);
        if !(*least..=*most).contains(&length) {
            return None;
        }
        end += length;
    }
    Some(end)
}

/// From the first line of the block to the last, or to the end if that is missing.
fn private_key(text: &str) -> Option<usize> {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    let rest = text.strip_prefix(BEGIN)?;
    let (label, _) = rest.split_once("-----")?;
    let is_label = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b' ';
    if !label.contains("PRIVATE KEY") || !label.bytes().all(is_label) {
        return None;
    }
    let Some(last) = text.find(END) else {
        return Some(text.len());
    };
    let after = last + END.len();
    let close = text[after..].find("-----");
    Some(close.map_or(text.len(), |close| after + close + 5))
}

fn jwt(text: &str) -> Option<usize> {
    text.strip_prefix("eyJ")?;
    parts(text, Url, &[(10, 4096), (10, 16_384), (10, MANY)])
}

fn sendgrid(text: &str) -> Option<usize> {
    parts(text.strip_prefix("SG.")?, Url, &[(16, 32), (32, 64)]).map(|length| length + 3)
}

fn telegram(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let token = text[digits..].strip_prefix(":A")?;
    let length = run(token, Url);
    ((7..=10).contains(&digits) && (33..=34).contains(&length)).then_some(digits + 2 + length)
}

fn discord(text: &str) -> Option<usize> {
    if !text.starts_with(['M', 'N', 'O']) {
        return None;
    }
    parts(text, Url, &[(23, 28), (6, 6), (27, 38)])
}

fn airtable(text: &str) -> Option<usize> {
    let (id, rest) = text.strip_prefix("pat")?.split_once('.')?;
    let is_id = id.len() == 14 && run(id, Alphanumeric) == 14;
    (is_id && run(rest, Hexadecimal) == 64).then_some(3 + 14 + 1 + 64)
}

fn terraform(text: &str) -> Option<usize> {
    const MIDDLE: &str = ".atlasv1.";
    let start = run(text, Alphanumeric);
    let secret = text[start..].strip_prefix(MIDDLE)?;
    let length = run(secret, Url);
    (start == 14 && length >= 60).then_some(start + MIDDLE.len() + length)
}

/// Three of the alphabet, a digit, `Q~`, and 31 to 34 more.
fn azure_client_secret(text: &str) -> Option<usize> {
    let head = text.as_bytes().get(..6)?;
    let is_head = head[..3].iter().all(|byte| Dotted.has(*byte)) && head[3].is_ascii_digit();
    if !is_head || !head.ends_with(b"Q~") {
        return None;
    }
    let rest = text.as_bytes()[6..].iter();
    let length = rest
        .take_while(|byte| Dotted.has(**byte) || **byte == b'~')
        .count();
    (31..=34).contains(&length).then_some(6 + length)
}

fn new_relic(text: &str) -> Option<usize> {
    let length = run(text, Hexadecimal);
    (length == 36 && text[length..].starts_with("NRAL")).then_some(40)
}

/// Six of the alphabet, `_`, 29 more, and `_mmk`.
fn maxmind(text: &str) -> Option<usize> {
    const LENGTH: usize = 40;
    let is_length = text.get(..LENGTH)?.ends_with("_mmk") && run(text, Url) == LENGTH;
    (is_length && text.as_bytes()[6] == b'_').then_some(LENGTH)
}

fn harness(text: &str) -> Option<usize> {
    let token = text
        .strip_prefix("pat.")
        .or_else(|| text.strip_prefix("sat."))?;
    parts(token, Url, &[(22, 22), (24, 24), (20, 20)]).map(|length| length + 4)
}

#[cfg(test)]
mod tests {
    use super::{SHAPES, SHORTEST};

    #[test]
    fn no_token_is_too_short_to_be_looked_for() {
        for shape in SHAPES {
            let shortest = shape.0.len() + shape.2;
            assert!(shape.0.is_ascii() && shortest >= SHORTEST, "{}", shape.0);
        }
    }
}
