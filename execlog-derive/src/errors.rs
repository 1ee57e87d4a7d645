//! Collecting mistakes.

use proc_macro2::Span;
use quote::ToTokens;
use std::cell::RefCell;
use std::fmt::Display;

/// The mistakes found so far, so that one build reports all of them.
#[derive(Default)]
pub(crate) struct Errors {
    found: RefCell<Vec<syn::Error>>,
}

impl Errors {
    pub(crate) fn at(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn at_span(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        self.found.borrow_mut().push(error);
    }

    /// Counts the mistakes found so far.
    pub(crate) fn count(&self) -> usize {
        self.found.borrow().len()
    }

    /// Combines all mistakes into one error. Returns `None` if there are none.
    pub(crate) fn into_combined(self) -> Option<syn::Error> {
        self.found.into_inner().into_iter().reduce(|mut all, next| {
            all.combine(next);
            all
        })
    }
}
