//! A build without the feature `otlp`: no collector is a target.

use execlog::{Parcel, Receipt, Result, Target};
use std::time::Duration;

/// A collector, which this build cannot ship to.
pub(super) enum CollectorTarget {}

impl CollectorTarget {
    pub(super) fn new(_: &str, _: Option<Duration>) -> Result<Self, String> {
        Err(
            "this build of `execlog` cannot ship to a collector: build `execlog-cli` with the feature `otlp`"
                .to_owned(),
        )
    }
}

impl Target for CollectorTarget {
    fn name(&self) -> String {
        match *self {}
    }

    fn receive(&self, _: &Parcel<'_>) -> Result<Receipt> {
        match *self {}
    }
}
