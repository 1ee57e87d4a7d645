//! A value of the table: `{"data":…,"type":"json"}` for JSON, and other types too.

use crate::kv::decimals::from_decimals;
use rusqlite::types::ValueRef;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

pub(super) enum Stored {
    Json(Value),
    /// A value with the engine's type `bytes`, or a text that the engine cannot read, unchanged.
    Bytes(Vec<u8>),
}

impl Stored {
    pub(super) fn of(column: ValueRef) -> Self {
        #[derive(Deserialize)]
        struct Typed {
            r#type: String,
            #[serde(default)]
            data: Value,
        }

        let bytes = match column {
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => bytes,
            ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => b"",
        };
        match serde_json::from_slice::<Typed>(bytes) {
            Ok(Typed { r#type, data }) if r#type != "bytes" => Self::Json(data),
            Ok(Typed { data, .. }) => {
                let plain = data.as_str().and_then(from_decimals);
                Self::Bytes(plain.unwrap_or_else(|| bytes.to_vec()))
            }
            Err(_) => Self::Bytes(bytes.to_vec()),
        }
    }

    /// The bytes of a value. Does not parse JSON that is spelled as the engines spell it.
    pub(super) fn bytes_of(column: ValueRef) -> Vec<u8> {
        let json = column.as_bytes().ok().and_then(|text| {
            let json = text.strip_prefix(br#"{"data":"#)?;
            json.strip_suffix(br#","type":"json"}"#)
        });
        match json.filter(|json| serde_json::from_slice::<IgnoredAny>(json).is_ok()) {
            Some(json) => json.to_vec(),
            None => Self::of(column).into_bytes(),
        }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Json(json) => json.to_string().into_bytes(),
            Self::Bytes(bytes) => bytes,
        }
    }
}
