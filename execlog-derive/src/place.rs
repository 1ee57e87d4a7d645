//! Where generated code is said to be, for messages.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// The place of something the user wrote, for what is generated because of it.
///
/// It stays generated code, so that lints leave it alone.
pub(crate) fn place(of: Span) -> Span {
    Span::call_site().located_at(of)
}

/// The path `library` with `rest` behind it, at the place of what the user wrote from its first to its
/// last token.
pub(crate) fn path_at(
    user: &impl ToTokens,
    library: &impl ToTokens,
    rest: &TokenStream,
) -> TokenStream {
    let user: Vec<TokenTree> = user.to_token_stream().into_iter().collect();
    let (Some(first), Some(last)) = (user.first(), user.last()) else {
        return quote!(#library #rest);
    };
    let located = |tokens: TokenStream, at: Span| {
        tokens.into_iter().map(move |mut token| {
            token.set_span(token.span().located_at(at));
            token
        })
    };
    let library = located(library.to_token_stream(), first.span());
    library.chain(located(rest.clone(), last.span())).collect()
}
