//! What the compiler says of each mistake with the derive, or with a log in a thread: one file a mistake, in `ui`.

use execlog_tests::bounded;
use std::time::Duration;

#[test]
fn each_mistake_is_an_error_on_the_right_token() {
    // It builds the library first.
    let _limit = bounded::limit(Duration::from_secs(30 * 60));
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
