//! Generating the implementation of a record.

use crate::ast;
use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::fallback;
use crate::key_type::KeyType;
use crate::place::{path_at, place};
use crate::valid::{self, Form, Part, Record};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::{DeriveInput, Path, WhereClause, WherePredicate, parse_quote};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::default();
    let attributes = StructAttributes::parse(&input.attrs, &errors);
    let library = attributes.library();
    let record = ast::Record::from_syn(input, &attributes, &errors)
        .and_then(|record| valid::check(&record, &errors));
    let implementation = match record {
        Some(record) => expand(&record, &library),
        None => fallback::expand(input, &library),
    };
    let errors = errors.into_combined().map(|all| all.to_compile_error());
    quote! {
        #errors
        #implementation
    }
}

fn expand(record: &Record, library: &Path) -> TokenStream {
    let trait_impl = trait_impl(record, library);
    let first_parts = (1..record.parts.len()).map(|count| first_parts(record, count, library));
    let key_for = key_for(record, library);
    let key_fn = record.key_fn.map(|name| key_fn(record, name, library));
    quote! {
        #trait_impl
        #(#first_parts)*
        #key_for
        #key_fn
    }
}

fn trait_impl(record: &Record, library: &Path) -> TokenStream {
    let (ident, prefix, pattern) = (record.ident, &record.prefix, pattern(record));
    let (impl_generics, ty_generics, _) = record.generics.split_for_impl();
    let where_clause = where_clause(record, library);

    let owned = one_or_tuple(record.parts.iter().map(|part| part.ty.to_token_stream()));
    let key_type = borrowed_parts(&record.parts, &quote!('key), library);
    let any_key = borrowed_parts(&record.parts, &quote!('_), library);

    let of_self = key(record, &record.parts, library, |part| {
        let (ty, field) = (part.ty, part.ident);
        quote!(<#ty as #library::kv::KeyPart>::borrow_part(&self.#field))
    });
    let arguments = arguments(&record.parts);
    let of_arguments = key(record, &record.parts, library, argument);
    let parts = one_or_tuple(record.parts.iter().map(|part| {
        let (method, from_text) = (method(part), text_function(part, library, "from"));
        quote!(__reader.#method(|__text| #from_text(__text))?)
    }));

    // The span of the struct's name, where the compiler reports unmet bounds of the trait.
    let header = quote_spanned!(place(ident.span())=>
        impl #impl_generics #library::kv::KvRecord for #ident #ty_generics #where_clause
    );
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_qualifications)]
        #header {
            type Key<'key> = #key_type;
            type OwnedKey = #owned;

            const PREFIX: &'static ::core::primitive::str = #prefix;
            const KEY_PATTERN: &'static ::core::primitive::str = #pattern;

            fn key(&self) -> ::std::vec::Vec<::core::primitive::u8> {
                #of_self.finish()
            }

            fn key_of(#arguments: #any_key) -> ::std::vec::Vec<::core::primitive::u8> {
                #of_arguments.finish()
            }

            fn parse_key(
                __bytes: &[::core::primitive::u8],
            ) -> #library::Result<#owned> {
                let mut __reader = #library::kv::KeyReader::new(#prefix, #pattern, __bytes)?;
                let __parts = #parts;
                __reader.finish()?;
                ::core::result::Result::Ok(__parts)
            }
        }
    }
}

/// Generates the search by the first `count` parts.
fn first_parts(record: &Record, count: usize, library: &Path) -> TokenStream {
    let (ident, parts) = (record.ident, &record.parts[..count]);
    let (impl_generics, ty_generics, _) = record.generics.split_for_impl();
    let where_clause = where_clause(record, library);
    let key_type = borrowed_parts(parts, &quote!('key), library);
    let any_key = borrowed_parts(parts, &quote!('_), library);
    let arguments = arguments(parts);
    let key = key(record, parts, library, argument);
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_qualifications)]
        impl #impl_generics #library::kv::FirstParts<#count> for #ident #ty_generics #where_clause {
            type Parts<'key> = #key_type;

            fn first_parts(#arguments: #any_key) -> #library::kv::KeyPrefix {
                #key.into_prefix()
            }
        }
    }
}

fn key_for(record: &Record, library: &Path) -> TokenStream {
    let ident = record.ident;
    let (impl_generics, ty_generics, _) = record.generics.split_for_impl();
    let where_clause = where_clause(record, library);
    let doc = format!(
        "The key `{}` of the record with these parts.",
        pattern(record)
    );
    let key_for = key_function(record, &format_ident!("key_for"), &doc, None, library);
    quote! {
        #[automatically_derived]
        #[allow(deprecated)]
        impl #impl_generics #ident #ty_generics #where_clause {
            #key_for
        }
    }
}

fn key_fn(record: &Record, name: &Ident, library: &Path) -> TokenStream {
    let (ident, pattern) = (record.ident, pattern(record));
    let doc = format!("The key `{pattern}` of the [`{ident}`] with these parts.");
    let where_clause = where_clause(record, library);
    key_function(record, name, &doc, where_clause.as_ref(), library)
}

/// Generates a function that takes the parts one by one, with the visibility of the record.
fn key_function(
    record: &Record,
    name: &Ident,
    doc: &str,
    where_clause: Option<&WhereClause>,
    library: &Path,
) -> TokenStream {
    let visibility = record.visibility;
    let parameters = record.parts.iter().map(|part| {
        let (name, borrowed) = (argument(part), borrowed(part, &quote!('_), library));
        quote!(#name: #borrowed)
    });
    let key = key(record, &record.parts, library, argument);
    quote! {
        #[doc = #doc]
        #[must_use]
        #[allow(dead_code, deprecated, unused_qualifications)]
        #visibility fn #name(
            #(#parameters),*
        ) -> ::std::vec::Vec<::core::primitive::u8> #where_clause {
            #key.finish()
        }
    }
}

/// Generates a `KeyWriter` that writes the `value` of each part.
fn key(
    record: &Record,
    parts: &[Part],
    library: &Path,
    value: impl Fn(&Part) -> TokenStream,
) -> TokenStream {
    let (start, prefix) = (&record.start, &record.prefix);
    let parts = parts.iter().map(|part| {
        let to_text = text_function(part, library, "to");
        let (method, value) = (method(part), value(part));
        quote!(.#method(&#to_text(#value)))
    });
    quote!(#library::kv::KeyWriter::#start(#prefix) #(#parts)*)
}

/// The type in which a caller passes a part.
fn borrowed(part: &Part, lifetime: &TokenStream, library: &Path) -> TokenStream {
    let ty = part.ty;
    quote!(<#ty as #library::kv::KeyPart>::Borrowed<#lifetime>)
}

fn borrowed_parts(parts: &[Part], lifetime: &TokenStream, library: &Path) -> TokenStream {
    one_or_tuple(parts.iter().map(|part| borrowed(part, lifetime, library)))
}

/// The record's own bounds, and the additional bounds of its parts and of the trait.
///
/// A bound that does not hold is one error, at the part's type, and the code below may still use
/// the type. Without the bound every use of the type would be another error. Parts spelled
/// `String`, `bool`, `char` or as an integer need no bound.
fn where_clause(record: &Record, library: &Path) -> Option<WhereClause> {
    let mut generics = record.generics.clone();
    let has_parameters = !generics.params.is_empty();
    let ident = record.ident;
    let (_, ty_generics, _) = record.generics.split_for_impl();
    let mut bounds: Vec<WherePredicate> = Vec::new();
    if has_parameters {
        bounds.push(parse_quote!(#ident #ty_generics: #library::kv::Storable));
    }
    for part in &record.parts {
        if has_parameters || KeyType::of(part.ty) == KeyType::Unknown {
            let (ty, name) = (part.ty, part_trait(part));
            let bound = path_at(ty, library, &quote!(::kv::#name));
            bounds.push(parse_quote!(#ty: #bound));
        }
    }
    if !bounds.is_empty() {
        generics.make_where_clause().predicates.extend(bounds);
    }
    generics.where_clause
}

/// The name of a part's parameter.
fn argument(part: &Part) -> TokenStream {
    part.ident.to_token_stream()
}

fn arguments(parts: &[Part]) -> TokenStream {
    one_or_tuple(parts.iter().map(argument))
}

/// The function that converts a part to its text (`to`) or back (`from`).
fn text_function(part: &Part, library: &Path, direction: &str) -> TokenStream {
    let (ty, name) = (part.ty, part_trait(part));
    let form = match part.form {
        Form::Ordered => "ordered",
        _ => "text",
    };
    let function = format_ident!("{direction}_{form}");
    quote!(<#ty as #library::kv::#name>::#function)
}

/// The trait that a part's type must implement.
fn part_trait(part: &Part) -> Ident {
    format_ident!(
        "{}",
        match part.form {
            Form::Ordered => "OrderedKeyPart",
            _ => "KeyPart",
        }
    )
}

fn method(part: &Part) -> Ident {
    format_ident!(
        "{}",
        match part.form {
            Form::Raw => "raw",
            Form::Escaped => "escaped",
            Form::Doubled => "doubled",
            Form::AfterDoubled => "after_doubled",
            Form::Ordered => "ordered",
        }
    )
}

/// The form of a key, for messages and documentation.
fn pattern(record: &Record) -> String {
    let parts = record.parts.iter().map(|part| {
        let name = part.ident.to_string();
        format!(":{{{}}}", name.strip_prefix("r#").unwrap_or(&name))
    });
    std::iter::once(record.prefix.clone())
        .chain(parts)
        .collect()
}

fn one_or_tuple(items: impl Iterator<Item = TokenStream>) -> TokenStream {
    let mut items: Vec<TokenStream> = items.collect();
    if items.len() == 1 {
        items.remove(0)
    } else {
        quote!((#(#items),*))
    }
}
