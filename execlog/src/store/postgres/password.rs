//! Finds the password for a server where the other programs of PostgreSQL find it.

use std::path::{Path, PathBuf};

/// The largest password file that is read.
const LARGEST: u64 = 1 << 20;

/// The password in `PGPASSWORD`, or else in the password file: `PGPASSFILE`, or `.pgpass` in the home folder. There,
/// that of the first of these hosts with its port that has one, for this database and user.
pub(super) fn find(hosts: &[(String, u16)], database: &str, user: &str) -> Option<String> {
    let named = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(password) = named("PGPASSWORD") {
        return password.into_string().ok();
    }
    let file = match named("PGPASSFILE") {
        Some(file) => PathBuf::from(file),
        None => Path::new(&named("HOME")?).join(".pgpass"),
    };
    let lines = read(&file)?;
    let mut found = hosts
        .iter()
        .filter_map(|(host, port)| in_lines(&lines, [host, &port.to_string(), database, user]));
    found.next()
}

/// The text of a password file, if only its owner can read it.
fn read(file: &Path) -> Option<String> {
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    if !is_private(&metadata) {
        tracing::warn!(
            "the password file `{}` is not read, since others may read it: `chmod 600` it",
            file.display()
        );
        return None;
    }
    (metadata.len() <= LARGEST).then(|| std::fs::read_to_string(file).ok())?
}

#[cfg(unix)]
fn is_private(metadata: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode().trailing_zeros() >= 6
}

#[cfg(not(unix))]
fn is_private(_: &std::fs::Metadata) -> bool {
    true
}

/// The password of the first line for a host, a port, a database and a user. `*` stands for any.
fn in_lines(lines: &str, wanted: [&str; 4]) -> Option<String> {
    let lines = lines.lines().filter(|line| !line.starts_with('#'));
    let mut found = lines.filter_map(|line| {
        let fields = fields(line);
        let (password, rest) = fields.split_last()?;
        let matches = |(field, wanted): (&String, &str)| field == "*" || field == wanted;
        let is_wanted = rest.len() == 4 && rest.iter().zip(wanted).all(matches);
        is_wanted.then(|| password.clone())
    });
    found.next()
}

/// The five fields of a line. `\` stands before a colon and before itself; the password has any colon.
fn fields(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        let last = fields.len() - 1;
        match character {
            ':' if last < 4 => fields.push(String::new()),
            '\\' => fields[last].extend(characters.next()),
            other => fields[last].push(other),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::in_lines;

    #[test]
    fn the_first_line_that_matches_has_the_password() {
        let lines = "# host:port:database:user:password\n\
             db:5433:team:ci:other port\n\
             db:5432:*:ci:a\\:b\\\\c:d\n\
             *:*:*:*:any\n";
        let find = |host| in_lines(lines, [host, "5432", "team", "ci"]);
        assert_eq!(find("db").as_deref(), Some("a:b\\c:d"));
        assert_eq!(find("elsewhere").as_deref(), Some("any"));
        assert_eq!(in_lines("short:line\n", ["short", "line", "", ""]), None);
    }
}
