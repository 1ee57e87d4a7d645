//! The struct as parsed, and errors for types that cannot be records.

use crate::attr::{FieldAttributes, StructAttributes};
use crate::errors::Errors;
use syn::{Data, DeriveInput, Fields, Generics, Ident, Type, Visibility};

/// The struct as parsed, before any rule is checked.
pub(crate) struct Record<'a> {
    pub(crate) attributes: &'a StructAttributes,
    pub(crate) visibility: &'a Visibility,
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a Generics,
    pub(crate) fields: Vec<Field<'a>>,
}

pub(crate) struct Field<'a> {
    pub(crate) attributes: FieldAttributes,
    pub(crate) ident: &'a Ident,
    pub(crate) ty: &'a Type,
}

impl<'a> Record<'a> {
    pub(crate) fn from_syn(
        input: &'a DeriveInput,
        attributes: &'a StructAttributes,
        errors: &Errors,
    ) -> Option<Self> {
        let fields = match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(fields) => &fields.named,
                Fields::Unnamed(fields) => {
                    errors.at(
                        fields,
                        "a record needs named fields: write `{ name: Type }`",
                    );
                    return None;
                }
                Fields::Unit => {
                    errors.at(
                        &input.ident,
                        "a record needs fields, one of them with `#[kv(key)]`",
                    );
                    return None;
                }
            },
            Data::Enum(data) => {
                errors.at(
                    data.enum_token,
                    "an enum cannot be a record: derive `KvRecord` on a struct with named fields",
                );
                return None;
            }
            Data::Union(data) => {
                errors.at(
                    data.union_token,
                    "a union cannot be a record: derive `KvRecord` on a struct with named fields",
                );
                return None;
            }
        };
        let fields = fields
            .iter()
            .filter_map(|field| {
                Some(Field {
                    attributes: FieldAttributes::parse(&field.attrs, errors),
                    ident: field.ident.as_ref()?,
                    ty: &field.ty,
                })
            })
            .collect();
        Some(Self {
            attributes,
            visibility: &input.vis,
            ident: &input.ident,
            generics: &input.generics,
            fields,
        })
    }
}
