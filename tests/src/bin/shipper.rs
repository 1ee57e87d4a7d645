//! Ships logs to the log of a team, one after another: `shipper URL FILE…`. The end of the process is its only
//! answer.

use execlog::{ExecutionLog, Shipping};
use std::time::Duration;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let url = arguments.next().expect("a URL");
    let team = ExecutionLog::open(url).expect("a server");
    let team = team.with_busy_timeout(Duration::from_secs(60));
    for file in arguments {
        let log = ExecutionLog::new(file);
        let shipped = log.maintenance().ship(&team, &Shipping::new());
        let report = shipped.expect("shipped");
        assert!(report.is_complete(), "{report:?}");
    }
}
