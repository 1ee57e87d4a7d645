//! Random calls, and the closing of the log in between, against the plainest log there can be: `call` has
//! the calls, `ask` asks a log, and `plain_log` says what the answers have to be.

mod ask;
mod call;
mod plain_log;

use ask::ask;
use call::{Answer, Call, call};
use execlog::Result;
use execlog_tests::property;
use execlog_tests::subject::{Make, START};
use plain_log::Model;
use proptest::prelude::*;
use std::time::Duration;

pub(crate) fn every_answer_is_that_of_the_model(make: &Make) {
    property::check(40, prop::collection::vec(call(), 1..60), |calls| {
        let subject = make();
        let mut model = Model::at(START);
        for call in &calls {
            match call {
                Call::Wait(time) => subject.clock().advance(Duration::from_millis(*time)),
                Call::SetClock(seconds) => subject.clock().set(*seconds),
                Call::Close if subject.close() => model.began.clear(),
                _ => {}
            }
            let told = |answer: Result<_>| {
                answer.unwrap_or_else(|error| Answer::Refused(error.to_string()))
            };
            let (answer, expected) = (
                told(ask(&subject.log(), subject.clock(), call)),
                told(model.answer(call)),
            );
            prop_assert_eq!(answer, expected, "{:?}", call);
        }
        Ok(())
    });
}
