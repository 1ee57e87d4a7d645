//! Types that can be part of a key.

use std::borrow::Cow;

/// A value that can be part of a key.
///
/// Implemented for [`String`], `bool`, `char` and every integer. Implement it for a type of your own,
/// such as a checked id, to keep plain text out of its place:
///
/// ```
/// use execlog::kv::KeyPart;
/// use std::borrow::Cow;
///
/// struct Revision(String);
///
/// impl KeyPart for Revision {
///     type Borrowed<'a> = &'a str;
///
///     fn borrow_part(&self) -> &str {
///         &self.0
///     }
///
///     fn to_text(part: Self::Borrowed<'_>) -> Cow<'_, str> {
///         Cow::Borrowed(part)
///     }
///
///     fn from_text(text: &str) -> Option<Self> {
///         let hexadecimal = text.bytes().all(|byte| byte.is_ascii_hexdigit());
///         hexadecimal.then(|| Self(text.to_owned()))
///     }
/// }
/// ```
///
/// Different values must have different texts, and `from_text` must accept exactly those texts.
/// Otherwise two records could share a key.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a part of a key",
    label = "not a part of a key",
    note = "text, integers, `bool` and `char` can; for a type of your own implement `KeyPart`"
)]
pub trait KeyPart: Sized {
    /// The borrowed form that a caller passes: `&str` for text, the number itself for integers.
    type Borrowed<'a>;

    /// Borrows the part.
    fn borrow_part(&self) -> Self::Borrowed<'_>;

    /// Gives the part's text, before any `:` in it is escaped.
    fn to_text(part: Self::Borrowed<'_>) -> Cow<'_, str>;

    /// Parses the part. Gives `None` for a text that `to_text` does not write.
    fn from_text(text: &str) -> Option<Self>;
}

impl KeyPart for String {
    type Borrowed<'a> = &'a str;

    fn borrow_part(&self) -> &str {
        self
    }

    fn to_text(part: Self::Borrowed<'_>) -> Cow<'_, str> {
        Cow::Borrowed(part)
    }

    fn from_text(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
}

macro_rules! displayed_part {
    ($($ty:ty),*) => {$(
        impl KeyPart for $ty {
            type Borrowed<'a> = $ty;

            fn borrow_part(&self) -> $ty {
                *self
            }

            fn to_text(part: Self::Borrowed<'_>) -> Cow<'_, str> {
                Cow::Owned(part.to_string())
            }

            fn from_text(text: &str) -> Option<Self> {
                // `007` and `+7` parse too, but are not the text of 7.
                text.parse().ok().filter(|part: &$ty| part.to_string() == text)
            }
        }
    )*};
}

displayed_part!(
    bool, char, i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize
);
