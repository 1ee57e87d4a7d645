use crate::ast;
use crate::attr::StructAttributes;
use crate::errors::Errors;
use crate::fallback;
use crate::valid::{self, Form, Part, Record};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::{DeriveInput, Path, WhereClause, parse_quote};

pub(crate) fn derive(input: &DeriveInput) -> TokenStream {
    let errors = Errors::default();
    let attributes = StructAttributes::parse(&input.attrs, &errors);
    let library = attributes.library();
    let record = ast::Record::from_syn(input, &attributes, &errors)
        .and_then(|record| valid::check(&record, &errors));
    match (errors.into_combined(), record) {
        (Some(error), _) => fallback::expand(input, &library, &error),
        (None, Some(record)) => expand(&record, &library),
        (None, None) => TokenStream::new(),
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
    let ident = record.ident;
    let prefix = record.prefix;
    let pattern = pattern(record);
    let (impl_generics, ty_generics, _) = record.generics.split_for_impl();
    let where_clause = where_clause(record, library);

    let borrowed = record.parts.iter().map(|part| {
        let ty = part.ty;
        quote!(<#ty as #library::kv::KeyPart>::Borrowed<'key>)
    });
    let key_type = one_or_tuple(borrowed.collect());
    let owned = record.parts.iter().map(|part| {
        let ty = part.ty;
        quote!(#ty)
    });
    let owned_key_type = one_or_tuple(owned.collect());

    let of_self = record.parts.iter().map(|part| {
        let (ty, field) = (part.ty, part.ident);
        quote!(<#ty as #library::kv::KeyPart>::borrow_part(&self.#field))
    });
    let names: Vec<Ident> = (1..=record.parts.len())
        .map(|number| format_ident!("__part_{number}"))
        .collect();
    let destructured = one_or_tuple(names.iter().map(|name| quote!(#name)).collect());
    let reads = record.parts.iter().map(|part| {
        let (ty, method) = (part.ty, method(part));
        quote!(__reader.#method::<#ty>()?)
    });
    let parts_read = one_or_tuple(reads.collect());

    quote! {
        #[automatically_derived]
        #[allow(unused_qualifications)]
        impl #impl_generics #library::kv::KvRecord for #ident #ty_generics #where_clause {
            type Key<'key> = #key_type;
            type OwnedKey = #owned_key_type;

            const PREFIX: &'static ::core::primitive::str = #prefix;
            const KEY_PATTERN: &'static ::core::primitive::str = #pattern;

            fn key(&self) -> ::std::vec::Vec<::core::primitive::u8> {
                Self::key_for(#(#of_self),*)
            }

            fn key_of(__key: Self::Key<'_>) -> ::std::vec::Vec<::core::primitive::u8> {
                let #destructured = __key;
                Self::key_for(#(#names),*)
            }

            fn parse_key(
                __bytes: &[::core::primitive::u8],
            ) -> #library::Result<Self::OwnedKey> {
                let mut __reader =
                    #library::kv::KeyReader::new(Self::PREFIX, Self::KEY_PATTERN, __bytes)?;
                let __parts = #parts_read;
                __reader.finish()?;
                ::core::result::Result::Ok(__parts)
            }
        }
    }
}

fn key_for(record: &Record, library: &Path) -> TokenStream {
    let (ident, visibility, prefix) = (record.ident, record.visibility, record.prefix);
    let (impl_generics, ty_generics, _) = record.generics.split_for_impl();
    let where_clause = where_clause(record, library);
    let parameters = parameters(record, library);
    let writes = record.parts.iter().map(|part| {
        let (ty, name, method) = (part.ty, part.ident, method(part));
        quote!(.#method::<#ty>(#name))
    });
    let doc = format!(
        "The key `{}` of the record with these parts.",
        pattern(record)
    );
    quote! {
        #[automatically_derived]
        #[allow(unused_qualifications)]
        impl #impl_generics #ident #ty_generics #where_clause {
            #[doc = #doc]
            #[must_use]
            #[allow(dead_code)]
            #visibility fn key_for(#parameters) -> ::std::vec::Vec<::core::primitive::u8> {
                #library::kv::KeyWriter::new(#prefix) #(#writes)* .finish()
            }
        }
    }
}

fn key_fn(record: &Record, name: &Ident, library: &Path) -> TokenStream {
    let (ident, visibility) = (record.ident, record.visibility);
    let parameters = parameters(record, library);
    let arguments = record.parts.iter().map(|part| part.ident);
    let doc = format!(
        "The key `{}` of the [`{ident}`] with these parts.",
        pattern(record)
    );
    quote! {
        #[doc = #doc]
        #[must_use]
        #[allow(dead_code, unused_qualifications)]
        #visibility fn #name(#parameters) -> ::std::vec::Vec<::core::primitive::u8> {
            #ident::key_for(#(#arguments),*)
        }
    }
}

fn parameters(record: &Record, library: &Path) -> TokenStream {
    let parameters = record.parts.iter().map(|part| {
        let (name, ty) = (part.ident, part.ty);
        quote!(#name: <#ty as #library::kv::KeyPart>::Borrowed<'_>)
    });
    quote!(#(#parameters),*)
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
    std::iter::once(record.prefix.value())
        .chain(parts)
        .collect()
}

fn one_or_tuple(mut items: Vec<TokenStream>) -> TokenStream {
    if items.len() == 1 {
        items.remove(0)
    } else {
        quote!((#(#items),*))
    }
}
