//! The spans of generated code, for error messages.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// The span of the user's code, for code that is generated from it.
///
/// Keeps the span marked as generated, so that lints ignore it.
pub(crate) fn place(of: Span) -> Span {
    Span::call_site().located_at(of)
}

/// Returns the path `library` followed by `rest`, with the span of the user's first to last token.
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
