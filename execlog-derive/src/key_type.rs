//! Classifying key types by their spelling.

use syn::{PathArguments, Type};

/// The class of a key field's type, by its spelling alone.
///
/// An alias or a type of the host is `Unknown`, and checked by trait bounds only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyType {
    Integer,
    Float,
    /// Text, `bool` and `char`, which already sort by their text.
    Text,
    Reference,
    Wrapper,
    Unknown,
}

impl KeyType {
    pub(crate) fn of(ty: &Type) -> Self {
        match ty {
            Type::Reference(_) => Self::Reference,
            Type::Group(group) => Self::of(&group.elem),
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Path(path) if path.qself.is_none() => {
                let Some(last) = path.path.segments.last() else {
                    return Self::Unknown;
                };
                let alone = path.path.segments.len() == 1;
                match (last.ident.to_string().as_str(), &last.arguments) {
                    (
                        "i8" | "i16" | "i32" | "i64" | "i128" | "isize" | "u8" | "u16" | "u32"
                        | "u64" | "u128" | "usize",
                        PathArguments::None,
                    ) if alone => Self::Integer,
                    ("f32" | "f64", PathArguments::None) if alone => Self::Float,
                    ("String" | "bool" | "char", PathArguments::None) => Self::Text,
                    ("Option" | "Vec", PathArguments::AngleBracketed(_)) => Self::Wrapper,
                    _ => Self::Unknown,
                }
            }
            _ => Self::Unknown,
        }
    }
}
