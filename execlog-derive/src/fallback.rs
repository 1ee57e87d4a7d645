//! Generating a stand-in for a record whose key is unknown.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path, parse_quote};

/// Generates a stand-in `KvRecord` for a record whose key is unknown, so that the mistakes are the
/// only errors.
pub(crate) fn expand(input: &DeriveInput, library: &Path) -> TokenStream {
    let ident = &input.ident;
    let (impl_generics, ty_generics, _) = input.generics.split_for_impl();
    let mut bounds = input.generics.clone();
    // The binder `for<…>` is needed, since the compiler refuses bounds without parameters.
    bounds
        .make_where_clause()
        .predicates
        .push(parse_quote!(for<'unused> #ident #ty_generics: #library::kv::Storable));
    let where_clause = &bounds.where_clause;
    quote! {
        #[automatically_derived]
        #[allow(deprecated, unused_qualifications)]
        impl #impl_generics #library::kv::KvRecord for #ident #ty_generics #where_clause {
            type Key<'key> = ();
            type OwnedKey = ();

            const PREFIX: &'static ::core::primitive::str = "";
            const KEY_PATTERN: &'static ::core::primitive::str = "";

            fn key(&self) -> ::std::vec::Vec<::core::primitive::u8> {
                ::core::unreachable!()
            }

            fn key_of(_: ()) -> ::std::vec::Vec<::core::primitive::u8> {
                ::core::unreachable!()
            }

            fn parse_key(_: &[::core::primitive::u8]) -> #library::Result<()> {
                ::core::unreachable!()
            }
        }
    }
}
