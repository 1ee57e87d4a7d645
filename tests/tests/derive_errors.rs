//! What a user of the derive sees for each mistake: one file a mistake, in `ui`.

#[test]
fn each_mistake_is_an_error_on_the_right_token() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
