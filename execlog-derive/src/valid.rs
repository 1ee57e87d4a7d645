//! Checking the rules of records. The result is the input of `expand`.

use crate::ast;
use crate::errors::Errors;
use crate::key_type::KeyType;
use crate::place::place;
use proc_macro2::Span;
use syn::{GenericParam, Generics, Ident, LitStr, Type, Visibility};

/// A record with a known key.
pub(crate) struct Record<'a> {
    pub(crate) prefix: String,
    /// The function of `KeyWriter` that starts a key with this prefix.
    pub(crate) start: Ident,
    pub(crate) key_fn: Option<&'a Ident>,
    pub(crate) visibility: &'a Visibility,
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) parts: Vec<Part<'a>>,
}

/// One part of the key.
pub(crate) struct Part<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) form: Form,
}

/// The encoding of a part in the key. The names are those of the methods of `KeyWriter`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The last part, unchanged: no separator follows.
    Raw,
    /// Any other part, with `:` and `%` escaped.
    Escaped,
    /// A part with `:` doubled.
    Doubled,
    /// The part after a doubled one: escaped, and never empty, so that the separator before it is
    /// not read as half of a doubled `:`.
    AfterDoubled,
    /// An integer of fixed width.
    Ordered,
}

/// Records all broken rules. Returns the record if its key is known, even with mistakes elsewhere,
/// so that code using the record still type-checks.
pub(crate) fn check<'a>(record: &ast::Record<'a>, errors: &Errors) -> Option<Record<'a>> {
    let start = check_prefix(record, errors);
    let before = errors.count();
    check_generics(record, errors);
    let parts = check_parts(record, errors);
    let misread = record.fields.iter().any(|field| field.attributes.misread);
    if parts.is_empty() && !misread {
        errors.at(
            record.ident,
            "missing key: mark its fields with `#[kv(key)]`",
        );
    }
    let key_is_known = errors.count() == before && !parts.is_empty();
    key_is_known.then(|| Record {
        prefix: record
            .attributes
            .prefix
            .as_ref()
            .map(LitStr::value)
            .unwrap_or_default(),
        start,
        key_fn: record.attributes.key_fn.as_ref(),
        visibility: record.visibility,
        ident: record.ident,
        generics: record.generics,
        parts,
    })
}

/// Returns the name of the `KeyWriter` function that starts a key with the prefix.
///
/// Prefixes of the log are reserved for the library, which sets `crate = "crate"`. The generated
/// code then calls a function that is private to the library, so that no other crate compiles with
/// it.
fn check_prefix(record: &ast::Record, errors: &Errors) -> Ident {
    let usual = Ident::new("new", Span::call_site());
    let Some(prefix) = &record.attributes.prefix else {
        if !record.attributes.misread {
            errors.at(
                record.ident,
                "missing key prefix: write `#[kv(prefix = \"…\")]` above the struct",
            );
        }
        return usual;
    };
    let text = prefix.value();
    if text.is_empty() {
        errors.at(
            prefix,
            "the prefix is empty: write a word that names the records",
        );
    } else if text.starts_with(':') || text.ends_with(':') {
        errors.at(
            prefix,
            "the derive adds the `:` after a prefix: remove it at both ends",
        );
    } else if text.chars().any(char::is_control) {
        errors.at(
            prefix,
            "a prefix must not have control characters: write plain text",
        );
    } else if is_reserved(&text) {
        let in_library = |path: &syn::Path| path.is_ident("crate");
        if record
            .attributes
            .crate_path
            .as_ref()
            .is_some_and(in_library)
        {
            return Ident::new("with_reserved_prefix", place(prefix.span()));
        }
        errors.at(
            prefix,
            "the log keeps its own records under `execlog`, `execlog-…` and `execlog:…`: choose another prefix",
        );
    }
    usual
}

/// Whether a key with this prefix could be one of the log's keys.
fn is_reserved(prefix: &str) -> bool {
    prefix
        .strip_prefix("execlog")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', ':']))
}

fn check_generics(record: &ast::Record, errors: &Errors) {
    for param in &record.generics.params {
        match param {
            GenericParam::Lifetime(lifetime) => errors.at(
                lifetime,
                "a record must own its data: use `String` for `&str` and drop the lifetime",
            ),
            GenericParam::Type(_) | GenericParam::Const(_)
                if record.attributes.key_fn.is_some() =>
            {
                errors.at(
                    param,
                    "a free key function cannot infer this parameter: leave `key_fn` out and call `key_for` on the type",
                );
            }
            _ => {}
        }
    }
}

fn check_parts<'a>(record: &ast::Record<'a>, errors: &Errors) -> Vec<Part<'a>> {
    let owns_data = record.generics.lifetimes().next().is_none();
    for field in record.fields.iter().filter(|f| f.attributes.key.is_none()) {
        for (span, name) in [
            (field.attributes.ordered, "ordered"),
            (field.attributes.doubled, "escape"),
        ] {
            if let Some(span) = span {
                errors.at_span(
                    span,
                    format!("`{name}` is a setting of key fields: write `key` before it"),
                );
            }
        }
    }
    let fields: Vec<&ast::Field> = record
        .fields
        .iter()
        .filter(|field| field.attributes.key.is_some())
        .collect();
    let mut parts: Vec<Part> = Vec::with_capacity(fields.len());
    for (index, field) in fields.iter().enumerate() {
        check_type(field, owns_data, errors);
        if let Some(span) = field.attributes.skipped {
            errors.at_span(
                span,
                "a key field must be in the JSON: remove this attribute, or `key`",
            );
        }
        let after_doubled = parts.last().is_some_and(|part| part.form == Form::Doubled);
        let form = match (field.attributes.ordered, field.attributes.doubled) {
            (Some(_), _) => Form::Ordered,
            (None, Some(span)) => {
                if after_doubled {
                    errors.at_span(
                        span,
                        "two doubled parts in a row are ambiguous: leave `escape` out on one of them",
                    );
                }
                Form::Doubled
            }
            (None, None) if after_doubled => Form::AfterDoubled,
            (None, None) if index + 1 == fields.len() => Form::Raw,
            (None, None) => Form::Escaped,
        };
        parts.push(Part {
            ident: field.ident,
            ty: field.ty,
            form,
        });
    }
    parts
}

fn check_type(field: &ast::Field, owns_data: bool, errors: &Errors) {
    let attributes = &field.attributes;
    let key_type = KeyType::of(field.ty);
    match key_type {
        KeyType::Float => errors.at(
            field.ty,
            "a floating-point number cannot be part of a key: use an integer or `String`",
        ),
        KeyType::Wrapper => errors.at(
            field.ty,
            "an optional or repeated value cannot be part of a key: use `String`, an integer, `bool` or `char`",
        ),
        KeyType::Reference if owns_data => errors.at(
            field.ty,
            "a record must own its data: use `String`",
        ),
        _ => {}
    }
    match (attributes.ordered, attributes.doubled, key_type) {
        (Some(_), Some(span), _) => errors.at_span(
            span,
            "an ordered integer has no `:` to escape: leave `escape` out",
        ),
        (Some(span), None, KeyType::Text) => errors.at_span(
            span,
            "`ordered` is for integers, and text sorts by its bytes already: leave `ordered` out",
        ),
        (None, Some(span), KeyType::Integer) => {
            errors.at_span(span, "an integer has no `:` to escape: leave `escape` out");
        }
        _ => {}
    }
}
