//! Integers as key parts that sort by value.

use super::KeyPart;

/// An integer with a fixed-width form that sorts by value.
///
/// The form is upper-case hexadecimal. Signed integers are shifted up by half their range, so that
/// negative numbers come first. The form sorts by value as bytes, as text, and as the comma-separated
/// decimals in which some engines store keys: the bytes of `0` to `9` and `A` to `F` all have two
/// decimal digits, but lower-case letters (97 to 102) do not. `isize` and `usize` are always 64 bits
/// wide.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an ordered part of a key",
    label = "not an integer",
    note = "`ordered` is for integers: leave it out for other types"
)]
pub trait OrderedKeyPart: KeyPart {
    /// Formats the integer with a fixed width, without `:`.
    fn to_ordered(part: Self::Borrowed<'_>) -> String;

    /// Parses the fixed-width form. Gives `None` for any other text.
    fn from_ordered(text: &str) -> Option<Self>;
}

fn parse_fixed_width(text: &str, width: usize) -> Option<u128> {
    let upper_hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    if text.len() != width || !text.bytes().all(upper_hexadecimal) {
        return None;
    }
    u128::from_str_radix(text, 16).ok()
}

macro_rules! ordered_unsigned {
    ($($ty:ty => $bits:literal),*) => {$(
        impl OrderedKeyPart for $ty {
            fn to_ordered(part: $ty) -> String {
                format!("{part:0width$X}", width = $bits / 4)
            }

            fn from_ordered(text: &str) -> Option<Self> {
                parse_fixed_width(text, $bits / 4)?.try_into().ok()
            }
        }
    )*};
}

macro_rules! ordered_signed {
    ($($ty:ty, $unsigned:ty => $bits:literal),*) => {$(
        impl OrderedKeyPart for $ty {
            fn to_ordered(part: $ty) -> String {
                let shifted = part.wrapping_sub(<$ty>::MIN).cast_unsigned();
                format!("{shifted:0width$X}", width = $bits / 4)
            }

            fn from_ordered(text: &str) -> Option<Self> {
                let shifted: $unsigned = parse_fixed_width(text, $bits / 4)?.try_into().ok()?;
                Some(shifted.cast_signed().wrapping_add(<$ty>::MIN))
            }
        }
    )*};
}

ordered_unsigned!(u8 => 8, u16 => 16, u32 => 32, u64 => 64, u128 => 128, usize => 64);
ordered_signed!(i8, u8 => 8, i16, u16 => 16, i32, u32 => 32, i64, u64 => 64, i128, u128 => 128);

impl OrderedKeyPart for isize {
    fn to_ordered(part: isize) -> String {
        // Platforms with an `isize` wider than 64 bits do not exist, so the cast keeps every value.
        i64::to_ordered(part as i64)
    }

    fn from_ordered(text: &str) -> Option<Self> {
        i64::from_ordered(text)?.try_into().ok()
    }
}
