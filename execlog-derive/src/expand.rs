use crate::ast;
use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::fallback;
use crate::valid::{self, Form, Part, Record};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Path, WhereClause, parse_quote};

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
    let key_for = key_for(record, library);
    let key_fn = record.key_fn.map(|name| key_fn(record, name, library));
    quote! {
        #trait_impl
        #key_for
        #key_fn
    }
}

fn trait_impl(record: &Record, library: &Path) -> TokenStream {
    let (ident, prefix, pattern) = (record.ident, &record.prefix, pattern(record));
    let (impl_generics, ty_generics, _) = record.generics.split_for_impl();
    let where_clause = where_clause(record, library);

    let owned = record.parts.iter().map(|part| part.ty.to_token_stream());
    let owned = one_or_tuple(owned);
    let borrowed_for = |lifetime: &TokenStream| {
        let parts = record.parts.iter();
        one_or_tuple(parts.map(|part| borrowed(part, lifetime, library)))
    };
    let (key_type, any_key) = (borrowed_for(&quote!('key)), borrowed_for(&quote!('_)));

    let of_self = key(record, library, |part| {
        let (ty, field) = (part.ty, part.ident);
        quote_spanned!(place(ty)=> <#ty as #library::kv::KeyPart>::borrow_part(&self.#field))
    });
    let arguments = one_or_tuple(record.parts.iter().map(argument));
    let of_arguments = key(record, library, argument);
    let parts = one_or_tuple(record.parts.iter().map(|part| {
        let (method, from_text) = (method(part), text_function(part, library, "from"));
        // A closure, for the bare function would be checked once more at the call it is handed to.
        let from_text = quote_spanned!(place(part.ty)=> |__text| #from_text(__text));
        quote!(__reader.#method(#from_text)?)
    }));

    // At the struct's name, where the compiler also puts what the trait asks of the struct.
    let header = quote_spanned!(place(ident)=>
        impl #impl_generics #library::kv::KvRecord for #ident #ty_generics #where_clause
    );
    // The compiler compares this with the trait's and puts a bad type at the whole of it. Where
    // there is only one type it can be, that is where it belongs.
    let span = match record.parts.as_slice() {
        [part] => place(part.ty),
        _ => Span::call_site(),
    };
    let key_of = quote_spanned!(span=>
        fn key_of(#arguments: #any_key) -> ::std::vec::Vec<::core::primitive::u8>
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
                #of_self
            }

            #key_of {
                #of_arguments
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

fn key_for(record: &Record, library: &Path) -> TokenStream {
    let ident = record.ident;
    let (impl_generics, ty_generics, _) = record.generics.split_for_impl();
    let where_clause = where_clause(record, library);
    let doc = format!(
        "The key `{}` of the record with these parts.",
        pattern(record)
    );
    let key_for = key_function(record, &format_ident!("key_for"), &doc, library);
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
    key_function(record, name, &doc, library)
}

/// A function that takes the parts one by one, as visible as the record.
fn key_function(record: &Record, name: &Ident, doc: &str, library: &Path) -> TokenStream {
    let visibility = record.visibility;
    let parameters = record.parts.iter().map(|part| {
        let (name, borrowed) = (argument(part), borrowed(part, &quote!('_), library));
        quote!(#name: #borrowed)
    });
    let key = key(record, library, argument);
    quote! {
        #[doc = #doc]
        #[must_use]
        #[allow(dead_code, deprecated, unused_qualifications)]
        #visibility fn #name(
            #(#parameters),*
        ) -> ::std::vec::Vec<::core::primitive::u8> {
            #key
        }
    }
}

/// The key whose parts are what `value` gives for each.
///
/// Written out wherever a key is made, rather than in one function that others call: a call asks
/// again for what its parameters ask, and a type that is no part of a key would be two errors.
fn key(record: &Record, library: &Path, value: impl Fn(&Part) -> TokenStream) -> TokenStream {
    let prefix = &record.prefix;
    let parts = record.parts.iter().map(|part| {
        let (method, to_text, value) = (
            method(part),
            text_function(part, library, "to"),
            value(part),
        );
        let text = quote_spanned!(place(part.ty)=> &#to_text(#value));
        quote!(.#method(#text))
    });
    quote!(#library::kv::KeyWriter::new(#prefix) #(#parts)* .finish())
}

/// What a caller hands in for a part.
fn borrowed(part: &Part, lifetime: &TokenStream, library: &Path) -> TokenStream {
    let ty = part.ty;
    quote_spanned!(place(ty)=> <#ty as #library::kv::KeyPart>::Borrowed<#lifetime>)
}

/// The record's own bounds, and for one with parameters what the trait asks of it.
///
/// A record without parameters gets no bounds: there the compiler checks the trait's own, and
/// names what is missing once.
fn where_clause(record: &Record, library: &Path) -> Option<WhereClause> {
    let mut generics = record.generics.clone();
    if generics.params.is_empty() {
        return generics.where_clause;
    }
    let ident = record.ident;
    let (_, ty_generics, _) = record.generics.split_for_impl();
    let clause = generics.make_where_clause();
    clause
        .predicates
        .push(parse_quote!(#ident #ty_generics: #library::kv::Storable));
    for part in &record.parts {
        let ty = part.ty;
        let bound: Path = match part.form {
            Form::Ordered => parse_quote!(#library::kv::OrderedKeyPart),
            _ => parse_quote!(#library::kv::KeyPart),
        };
        clause.predicates.push(parse_quote!(#ty: #bound));
    }
    generics.where_clause
}

/// The place of something the user wrote, for what is generated because of it.
///
/// Whatever can fail on a type goes to the type's own place: what the compiler would say twice of
/// one place in the same words, it says once. It stays generated code, so lints leave it alone.
fn place(of: &impl Spanned) -> Span {
    Span::call_site().located_at(of.span())
}

/// The parameter that takes a part.
fn argument(part: &Part) -> TokenStream {
    let mut argument = part.ident.clone();
    argument.set_span(place(part.ty));
    argument.to_token_stream()
}

/// The function between a part and its text, in the direction `to` or `from`.
fn text_function(part: &Part, library: &Path, direction: &str) -> TokenStream {
    let (ty, span) = (part.ty, place(part.ty));
    let (name, form) = match part.form {
        Form::Ordered => ("OrderedKeyPart", "ordered"),
        _ => ("KeyPart", "text"),
    };
    let name = Ident::new(name, span);
    let function = format_ident!("{direction}_{form}", span = span);
    quote_spanned!(span=> <#ty as #library::kv::#name>::#function)
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
