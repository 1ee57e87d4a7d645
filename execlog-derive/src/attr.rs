//! Parsing `#[kv(…)]`.

use crate::errors::Errors;
use proc_macro2::{Span, TokenStream, TokenTree};
use syn::meta::ParseNestedMeta;
use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Ident, Lit, LitStr, Meta, Path, Token, parse_quote};

/// The settings in `#[kv(…)]` on the struct.
#[derive(Default)]
pub(crate) struct StructAttributes {
    pub(crate) prefix: Option<LitStr>,
    pub(crate) key_fn: Option<Ident>,
    pub(crate) crate_path: Option<Path>,
    /// Whether some setting could not be parsed, so that a missing one is not reported.
    pub(crate) misread: bool,
}

/// The settings in `#[kv(…)]` on a field.
#[derive(Default)]
pub(crate) struct FieldAttributes {
    pub(crate) key: Option<Span>,
    pub(crate) ordered: Option<Span>,
    pub(crate) doubled: Option<Span>,
    /// Whether some setting could not be parsed, so that a missing one is not reported.
    pub(crate) misread: bool,
    /// The serde attribute that omits the field from the JSON.
    pub(crate) skipped: Option<Span>,
}

const ON_STRUCT: [&str; 3] = ["prefix", "key_fn", "crate"];
const ON_FIELD: [&str; 3] = ["key", "ordered", "escape"];

impl StructAttributes {
    pub(crate) fn parse(attributes: &[Attribute], errors: &Errors) -> Self {
        let mut found = Self::default();
        let before = errors.count();
        each_setting(attributes, errors, |name, meta| match name {
            "prefix" => {
                let value = string_value(meta, "prefix = \"file\"", errors)?;
                set_once(&mut found.prefix, value, meta, errors);
                Ok(())
            }
            "key_fn" => {
                let value = string_value(meta, "key_fn = \"record_key\"", errors)?;
                let name = value.and_then(|value| {
                    let message = "not a function name: write one like `key_fn = \"record_key\"`";
                    or_report(value.parse::<Ident>(), &value, message, errors)
                });
                set_once(&mut found.key_fn, name, meta, errors);
                Ok(())
            }
            "crate" => {
                let value = string_value(meta, "crate = \"execlog\"", errors)?;
                let path = value.and_then(|value| {
                    let message = "not a path to a crate: write one like `crate = \"execlog\"`";
                    or_report(
                        value.parse_with(Path::parse_mod_style),
                        &value,
                        message,
                        errors,
                    )
                });
                set_once(&mut found.crate_path, path, meta, errors);
                Ok(())
            }
            _ if ON_FIELD.contains(&name) => {
                let message = format!(
                    "`{name}` belongs on a field: move it to the field that is a part of the key"
                );
                refuse(meta, &message, errors)
            }
            _ => {
                let message = format!(
                    "unknown setting `{name}`: on a struct write `prefix`, `key_fn` or `crate`"
                );
                refuse(meta, &message, errors)
            }
        });
        found.misread = errors.count() > before;
        found
    }

    /// The path of the library in generated code.
    pub(crate) fn library(&self) -> Path {
        self.crate_path
            .clone()
            .unwrap_or_else(|| parse_quote!(::execlog))
    }
}

impl FieldAttributes {
    pub(crate) fn parse(attributes: &[Attribute], errors: &Errors) -> Self {
        let mut found = Self {
            skipped: skipped_by_serde(attributes),
            ..Self::default()
        };
        let before = errors.count();
        each_setting(attributes, errors, |name, meta| {
            let span = meta.path.get_ident().map(Ident::span);
            match name {
                "key" => {
                    set_once(&mut found.key, span, meta, errors);
                    no_value(meta, "key", errors)
                }
                "ordered" => {
                    set_once(&mut found.ordered, span, meta, errors);
                    no_value(meta, "ordered", errors)
                }
                "escape" => {
                    set_once(&mut found.doubled, span, meta, errors);
                    match string_value(meta, "escape = \"double\"", errors)? {
                        Some(value) if value.value() != "double" => {
                            errors.at(&value, "unknown escape: write `escape = \"double\"`, or leave it out for the usual one");
                        }
                        _ => {}
                    }
                    Ok(())
                }
                _ if ON_STRUCT.contains(&name) => {
                    let message =
                        format!("`{name}` belongs on the struct: move it above the struct");
                    refuse(meta, &message, errors)
                }
                _ => {
                    let message = format!(
                        "unknown setting `{name}`: on a field write `key`, `ordered` or `escape`"
                    );
                    refuse(meta, &message, errors)
                }
            }
        });
        found.misread = errors.count() > before;
        found
    }
}

/// Finds a serde attribute that omits the field. Invalid attributes are left for serde to report.
fn skipped_by_serde(attributes: &[Attribute]) -> Option<Span> {
    const SKIPS: [&str; 3] = ["skip", "skip_serializing", "skip_deserializing"];
    let mut found = None;
    for attribute in attributes.iter().filter(|a| a.path().is_ident("serde")) {
        let _ = attribute.parse_nested_meta(|meta| {
            if let Some(name) = meta.path.get_ident()
                && SKIPS.iter().any(|skip| name == skip)
            {
                found = Some(name.span());
            }
            skip_value(meta.input).map(drop)
        });
    }
    found
}

fn each_setting(
    attributes: &[Attribute],
    errors: &Errors,
    mut setting: impl FnMut(&str, &ParseNestedMeta) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|a| a.path().is_ident("kv")) {
        if !matches!(attribute.meta, Meta::List(_)) {
            errors.at(
                attribute,
                "settings go in parentheses: write `#[kv(prefix = \"…\")]` on the struct and `#[kv(key)]` on a field",
            );
            continue;
        }
        let parsed = attribute.parse_nested_meta(|meta| {
            let name = path_text(&meta.path);
            setting(&name, &meta)
        });
        if let Err(error) = parsed {
            errors.push(error);
        }
    }
}

fn path_text(path: &Path) -> String {
    let names: Vec<String> = path.segments.iter().map(|s| s.ident.to_string()).collect();
    names.join("::")
}

fn set_once<T>(slot: &mut Option<T>, value: Option<T>, meta: &ParseNestedMeta, errors: &Errors) {
    if slot.is_some() {
        let name = path_text(&meta.path);
        errors.at(
            &meta.path,
            format!("`{name}` is given twice; keep one of the two"),
        );
    } else {
        *slot = value;
    }
}

/// Returns the string after `name =`. Records a mistake and returns `None` if there is none.
fn string_value(
    meta: &ParseNestedMeta,
    example: &str,
    errors: &Errors,
) -> syn::Result<Option<LitStr>> {
    let name = path_text(&meta.path);
    if !meta.input.peek(Token![=]) {
        let message = format!("`{name}` needs a value: write `{example}`");
        return refuse(meta, &message, errors).map(|()| None);
    }
    let value = meta.value()?;
    let tokens = skip_value(value)?;
    let literal = |input: ParseStream| input.parse::<Lit>();
    match literal.parse2(tokens.clone()) {
        Ok(Lit::Str(text)) => return Ok(Some(text)),
        _ if tokens.is_empty() => errors.at(
            &meta.path,
            format!("`{name}` needs a value: write `{example}`"),
        ),
        _ => errors.at(
            tokens,
            format!("`{name}` takes a string in quotes: write `{example}`"),
        ),
    }
    Ok(None)
}

fn no_value(meta: &ParseNestedMeta, name: &str, errors: &Errors) -> syn::Result<()> {
    let rest = skip_value(meta.input)?;
    if !rest.is_empty() {
        errors.at(
            rest,
            format!("`{name}` takes no value: write `{name}` alone"),
        );
    }
    Ok(())
}

fn refuse(meta: &ParseNestedMeta, message: &str, errors: &Errors) -> syn::Result<()> {
    errors.at(&meta.path, message);
    skip_value(meta.input).map(|_| ())
}

/// Takes the tokens up to the next comma, so that one bad setting does not hide the next.
fn skip_value(input: ParseStream) -> syn::Result<TokenStream> {
    let mut skipped = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        skipped.extend([input.parse::<TokenTree>()?]);
    }
    Ok(skipped)
}

/// Returns the parsed value. Records a mistake and returns `None` if parsing failed.
fn or_report<T>(
    parsed: syn::Result<T>,
    value: &LitStr,
    message: &str,
    errors: &Errors,
) -> Option<T> {
    if parsed.is_err() {
        errors.at(value, message);
    }
    parsed.ok()
}
