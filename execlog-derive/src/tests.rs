//! The expansion of each kind of record, and the message of each mistake.

use crate::expand;
use proc_macro2::TokenStream;
use quote::quote;
use syn::DeriveInput;

fn derive(input: &TokenStream) -> TokenStream {
    let input: DeriveInput = syn::parse2(input.clone()).expect("the test's struct parses");
    expand::derive(&input)
}

/// Returns the expansion as formatted source. Formatting fails if it does not parse.
fn expansion(input: &TokenStream) -> String {
    let file = syn::parse2(derive(input)).expect("the expansion parses");
    prettyplease::unparse(&file)
}

/// Returns the messages of the `compile_error!`s in an expansion, one per line.
fn mistakes(input: &TokenStream) -> String {
    let mut messages = String::new();
    let mut tokens = derive(input).into_iter().peekable();
    while let Some(token) = tokens.next() {
        let is_macro = token.to_string() == "compile_error";
        if is_macro && tokens.next().is_some_and(|bang| bang.to_string() == "!") {
            let arguments: TokenStream = tokens.next().into_iter().collect();
            let group: proc_macro2::Group = syn::parse2(arguments).expect("arguments");
            let text: syn::LitStr = syn::parse2(group.stream()).expect("a message");
            let text = text.value();
            assert!(!text.starts_with(char::is_uppercase), "{text}");
            assert!(!text.ends_with('.'), "{text}");
            messages.push_str(&text);
            messages.push('\n');
        }
    }
    messages
}

mod expansions {
    use super::*;

    #[test]
    fn of_the_execution_record() {
        insta::assert_snapshot!(expansion(&quote! {
            #[kv(prefix = "execlog", key_fn = "execution_log_key", crate = "crate")]
            pub struct ExecutionRecord {
                pub id: i64,
                #[kv(key)]
                pub execution_id: String,
                pub outcome: String,
            }
        }));
    }

    #[test]
    fn of_one_ordered_part() {
        insta::assert_snapshot!(expansion(&quote! {
            #[kv(prefix = "sequence")]
            struct SequenceEntry {
                #[kv(key, ordered)]
                sequence: u64,
                execution_id: String,
            }
        }));
    }

    #[test]
    fn of_several_parts_one_doubled() {
        insta::assert_snapshot!(expansion(&quote! {
            #[kv(prefix = "chunk", key_fn = "chunk_key")]
            pub(crate) struct Chunk {
                #[kv(key, escape = "double")]
                path: String,
                #[kv(key)]
                start: usize,
                #[kv(key)]
                end: usize,
                content: String,
            }
        }));
    }

    #[test]
    fn of_a_renamed_crate_and_a_raw_field_name() {
        insta::assert_snapshot!(expansion(&quote! {
            #[kv(prefix = "kind", crate = "crate::vendored::log")]
            struct Kind {
                #[kv(key)]
                r#type: String,
                #[kv(key, ordered)]
                number: i8,
            }
        }));
    }

    #[test]
    fn of_a_record_with_parameters() {
        insta::assert_snapshot!(expansion(&quote! {
            #[kv(prefix = "measure")]
            pub struct Measure<K, V, const N: usize>
            where
                V: Clone,
            {
                #[kv(key)]
                name: String,
                #[kv(key)]
                kind: K,
                values: [V; N],
            }
        }));
    }

    #[test]
    fn of_parts_of_the_hosts_own() {
        insta::assert_snapshot!(expansion(&quote! {
            #[kv(prefix = "measure", key_fn = "measure_key")]
            struct Measure {
                #[kv(key)]
                at: git::Revision,
                #[kv(key, ordered)]
                number: Number,
            }
        }));
    }

    #[test]
    fn are_the_same_every_time() {
        let input = quote! {
            #[kv(prefix = "a", key_fn = "a_key")]
            struct A { #[kv(key)] b: String, #[kv(key)] c: u8 }
        };
        assert_eq!(derive(&input).to_string(), derive(&input).to_string());
    }

    #[test]
    fn of_a_mistake_keep_a_stand_in() {
        insta::assert_snapshot!(expansion(&quote! {
            #[kv(prefix = "a", crate = "renamed")]
            struct Wrong<T: Clone> {
                value: T,
            }
        }));
    }
}

mod messages {
    use super::*;

    macro_rules! cases {
        ($($name:ident { $($input:tt)* })*) => {
            [$((stringify!($name), quote! { $($input)* })),*]
        };
    }

    #[test]
    fn one_for_each_mistake() {
        let cases = cases! {
        an_enum { #[kv(prefix = "a")] enum A { B } }
        a_union { #[kv(prefix = "a")] union A { b: u8 } }
        a_tuple_struct { #[kv(prefix = "a")] struct A(#[kv(key)] String); }
        a_unit_struct { #[kv(prefix = "a")] struct A; }
        no_prefix { struct A { #[kv(key)] b: String } }
        no_key { #[kv(prefix = "a")] struct A { b: String } }
        an_empty_prefix { #[kv(prefix = "")] struct A { #[kv(key)] b: String } }
        a_prefix_with_its_colon { #[kv(prefix = "a:")] struct A { #[kv(key)] b: String } }
        a_prefix_with_a_control_character { #[kv(prefix = "a\n")] struct A { #[kv(key)] b: String } }
        a_prefix_of_the_log { #[kv(prefix = "execlog")] struct A { #[kv(key)] b: String } }
        a_prefix_like_those_of_the_log { #[kv(prefix = "execlog-notes")] struct A { #[kv(key)] b: String } }
        a_prefix_among_the_runs { #[kv(prefix = "execlog:notes")] struct A { #[kv(key)] b: String } }
        a_prefix_of_the_log_by_a_new_name { #[kv(prefix = "execlog", crate = "crate::log")] struct A { #[kv(key)] b: String } }
        a_prefix_that_is_no_string { #[kv(prefix = 1)] struct A { #[kv(key)] b: String } }
        a_prefix_without_a_value { #[kv(prefix)] struct A { #[kv(key)] b: String } }
        a_prefix_with_nothing_behind_the_sign { #[kv(prefix = )] struct A { #[kv(key)] b: String } }
        two_prefixes { #[kv(prefix = "a", prefix = "b")] struct A { #[kv(key)] b: String } }
        two_key_functions { #[kv(prefix = "a", key_fn = "b", key_fn = "c")] struct A { #[kv(key)] b: String } }
        a_key_function_that_is_no_name { #[kv(prefix = "a", key_fn = "not a name")] struct A { #[kv(key)] b: String } }
        a_crate_that_is_no_path { #[kv(prefix = "a", crate = "1")] struct A { #[kv(key)] b: String } }
        an_unknown_setting_on_the_struct { #[kv(prefix = "a", ttl = 3)] struct A { #[kv(key)] b: String } }
        an_unknown_setting_on_a_field { #[kv(prefix = "a")] struct A { #[kv(key, index(x, y))] b: String } }
        a_struct_setting_on_a_field { #[kv(prefix = "a")] struct A { #[kv(key, prefix = "b")] b: String } }
        a_field_setting_on_the_struct { #[kv(prefix = "a", key)] struct A { #[kv(key)] b: String } }
        no_parentheses { #[kv = "a"] #[kv(prefix = "a")] struct A { #[kv(key)] b: String } }
        a_key_with_a_value { #[kv(prefix = "a")] struct A { #[kv(key = 1)] b: String } }
        a_key_twice { #[kv(prefix = "a")] struct A { #[kv(key, key)] b: String } }
        ordered_without_key { #[kv(prefix = "a")] struct A { #[kv(key)] b: String, #[kv(ordered)] c: u8 } }
        escape_without_key { #[kv(prefix = "a")] struct A { #[kv(key)] b: u8, #[kv(escape = "double")] c: String } }
        an_unknown_escape { #[kv(prefix = "a")] struct A { #[kv(key, escape = "url")] b: String } }
        ordered_text { #[kv(prefix = "a")] struct A { #[kv(key, ordered)] b: String } }
        an_escaped_integer { #[kv(prefix = "a")] struct A { #[kv(key, escape = "double")] b: u64 } }
        ordered_and_escaped { #[kv(prefix = "a")] struct A { #[kv(key, ordered, escape = "double")] b: u64 } }
        two_doubled_parts_side_by_side {
            #[kv(prefix = "a")]
            struct A { #[kv(key, escape = "double")] b: String, #[kv(key, escape = "double")] c: String }
        }
        a_float { #[kv(prefix = "a")] struct A { #[kv(key)] b: f64 } }
        an_optional_part { #[kv(prefix = "a")] struct A { #[kv(key)] b: Option<String> } }
        a_reference { #[kv(prefix = "a")] struct A { #[kv(key)] b: &'static str } }
        a_part_that_serde_skips { #[kv(prefix = "a")] struct A { #[kv(key)] #[serde(default, skip)] b: String } }
        a_misspelled_prefix { #[kv(prefx = "a")] struct A { #[kv(key)] b: String } }
        a_misspelled_key { #[kv(prefix = "a")] struct A { #[kv(kee)] b: String } }
        a_lifetime { #[kv(prefix = "a")] struct A<'a> { #[kv(key)] b: &'a str } }
        a_key_function_of_a_record_with_parameters { #[kv(prefix = "a", key_fn = "k")] struct A<T> { #[kv(key)] b: String, c: T } }
        };
        let listed = cases.map(|(name, input)| {
            let found = mistakes(&input);
            assert_eq!(found.lines().count(), 1, "{name} has one mistake: {found}");
            format!("{}\n    {found}", name.replace('_', " "))
        });
        insta::assert_snapshot!(listed.concat());
    }

    #[test]
    fn none_for_a_prefix_that_only_resembles_those_of_the_log() {
        for prefix in [
            "execlogs",
            "execlo",
            "execlog_notes",
            "execlog.notes",
            "my-execlog",
            "my:execlog",
            "Execlog",
        ] {
            let found = mistakes(&quote! {
                #[kv(prefix = #prefix)]
                struct A { #[kv(key)] b: String }
            });
            assert_eq!(found, "", "{prefix}");
        }
    }

    #[test]
    fn all_come_at_once() {
        insta::assert_snapshot!(mistakes(&quote! {
            #[kv(prefix = "", key_fn = "not a name", ttl = 3)]
            struct A {
                #[kv(key, ordered)]
                b: String,
                #[kv(key, unknown)]
                c: f32,
                #[kv(escape = "url")]
                d: String,
            }
        }));
    }
}
