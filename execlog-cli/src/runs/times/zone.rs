//! The time zone of the system.

use jiff::tz::TimeZone;
use std::fs;
use std::path::Path;

/// The time zone of the system, or that of the variable `TZ`.
pub(super) fn of_system() -> TimeZone {
    if std::env::var_os("TZ").is_some() {
        return TimeZone::system();
    }
    let zone = linked(Path::new("/etc/localtime"));
    zone.unwrap_or_else(TimeZone::system)
}

/// The zone that a symbolic link to a file of the database of zones names. To find a zone by its name, jiff
/// lists the whole database first, which takes longer than listing some runs.
fn linked(link: &Path) -> Option<TimeZone> {
    const DATABASE: &str = "zoneinfo/";
    let target = fs::read_link(link).ok()?;
    let (_, name) = target.to_str()?.rsplit_once(DATABASE)?;
    TimeZone::tzif(name, &fs::read(link).ok()?).ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::linked;
    use jiff::tz::TimeZone;

    #[test]
    fn a_link_names_the_zone() {
        let folder = tempfile::tempdir().expect("a folder");
        let link = folder.path().join("localtime");
        let zone = "/usr/share/zoneinfo/Europe/Berlin";
        std::os::unix::fs::symlink(zone, &link).expect("linked");
        let berlin = TimeZone::get("Europe/Berlin").expect("a zone");
        assert_eq!(linked(&link), Some(berlin));
        assert_eq!(linked(&folder.path().join("missing")), None);
        assert_eq!(linked(std::path::Path::new(zone)), None, "it has no name");
    }
}
