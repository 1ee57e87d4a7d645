//! What holds for the keys of every record type, tried on random parts.

use execlog::KvRecord;
use execlog::kv::OrderedKeyPart;
use execlog_tests::property;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::fmt::Debug;

/// Text in which everything that escaping is about comes up often.
fn text() -> BoxedStrategy<String> {
    prop_oneof![
        8 => "[:%235Aa]{0,6}",
        1 => any::<String>(),
    ]
    .boxed()
}

macro_rules! record {
    ($name:ident { $($(#[$attribute:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        #[derive(Serialize, Deserialize, KvRecord)]
        #[kv(prefix = "p:q")]
        struct $name {
            $($(#[$attribute])* $field: $ty),*
        }
    };
}

/// Two different keys never share bytes, every key parses back, and nothing parses that is not
/// written so.
fn keys_hold<R, P>(parts: impl Strategy<Value = P> + Clone, key_of: impl Fn(&P) -> Vec<u8> + Copy)
where
    R: KvRecord<OwnedKey = P>,
    P: Debug + PartialEq,
{
    property::check(2000, (parts.clone(), parts.clone()), |(one, other)| {
        prop_assert_eq!(key_of(&one) == key_of(&other), one == other);
        prop_assert_eq!(R::parse_key(&key_of(&one))?, one);
        Ok(())
    });
    property::check(2000, "p:q:[:%235AFa0-]{0,12}", |key| {
        if let Ok(parts) = R::parse_key(key.as_bytes()) {
            prop_assert_eq!(key_of(&parts), key.into_bytes());
        }
        Ok(())
    });
}

#[test]
fn keys_of_one_text() {
    record!(One {
        #[kv(key)]
        a: String
    });
    keys_hold::<One, _>(text(), |a| One::key_for(a));
}

#[test]
fn keys_of_three_texts() {
    record!(Three {
        #[kv(key)]
        a: String,
        #[kv(key)]
        b: String,
        #[kv(key)]
        c: String
    });
    keys_hold::<Three, _>((text(), text(), text()), |(a, b, c)| {
        Three::key_for(a, b, c)
    });
}

#[test]
fn keys_of_a_doubled_text_before_others() {
    record!(Doubled {
        #[kv(key, escape = "double")]
        a: String,
        #[kv(key)]
        b: String,
        #[kv(key)]
        c: String,
    });
    keys_hold::<Doubled, _>((text(), text(), text()), |(a, b, c)| {
        Doubled::key_for(a, b, c)
    });
}

#[test]
fn keys_of_a_doubled_text_between_and_last() {
    record!(Between {
        #[kv(key)]
        a: String,
        #[kv(key, escape = "double")]
        b: String,
        #[kv(key)]
        c: String,
        #[kv(key, escape = "double")]
        d: String,
    });
    keys_hold::<Between, _>((text(), text(), text(), text()), |(a, b, c, d)| {
        Between::key_for(a, b, c, d)
    });
}

#[test]
fn keys_of_other_types() {
    record!(Mixed {
        #[kv(key, ordered)]
        a: i8,
        #[kv(key)]
        b: char,
        #[kv(key)]
        c: bool,
        #[kv(key)]
        d: i64,
    });
    let parts = (any::<i8>(), any::<char>(), any::<bool>(), any::<i64>());
    keys_hold::<Mixed, _>(parts, |&(a, b, c, d)| Mixed::key_for(a, b, c, d));
}

/// Ordered integers sort by value as bytes, as text, and as comma-separated decimals.
fn sorts_by_value<I>()
where
    I: OrderedKeyPart + Arbitrary + Copy + Ord,
    for<'a> I: OrderedKeyPart<Borrowed<'a> = I>,
{
    let decimals = |text: &str| -> String {
        let bytes: Vec<String> = text.bytes().map(|byte| byte.to_string()).collect();
        bytes.join(",")
    };
    property::check(2000, (any::<I>(), any::<I>()), |(one, other)| {
        let (one_text, other_text) = (I::to_ordered(one), I::to_ordered(other));
        let expected = one.cmp(&other);
        prop_assert_eq!(one_text.as_bytes().cmp(other_text.as_bytes()), expected);
        prop_assert_eq!(one_text.cmp(&other_text), expected);
        prop_assert_eq!(decimals(&one_text).cmp(&decimals(&other_text)), expected);
        prop_assert_eq!(I::from_ordered(&one_text), Some(one));
        Ok(())
    });
}

#[test]
fn ordered_integers_sort_by_value_in_every_form() {
    sorts_by_value::<i8>();
    sorts_by_value::<u8>();
    sorts_by_value::<i16>();
    sorts_by_value::<u16>();
    sorts_by_value::<i32>();
    sorts_by_value::<u32>();
    sorts_by_value::<i64>();
    sorts_by_value::<u64>();
    sorts_by_value::<i128>();
    sorts_by_value::<u128>();
    sorts_by_value::<isize>();
    sorts_by_value::<usize>();
}

#[test]
fn ordered_integers_have_these_bytes() {
    assert_eq!(i64::to_ordered(i64::MIN), "0000000000000000");
    assert_eq!(i64::to_ordered(-1), "7FFFFFFFFFFFFFFF");
    assert_eq!(i64::to_ordered(0), "8000000000000000");
    assert_eq!(isize::to_ordered(0), "8000000000000000");
    assert_eq!(u8::to_ordered(255), "FF");
    assert_eq!(i8::to_ordered(127), "FF");
    assert_eq!(usize::to_ordered(1), "0000000000000001");
    assert_eq!(u8::from_ordered("ff"), None);
    assert_eq!(u8::from_ordered("0FF"), None);
}
