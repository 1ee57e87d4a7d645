//! Short flags of programs that take a password.

use super::name;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// Which part of a value is the secret.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Whole,
    /// What stands behind this sign, as in `user:password`.
    After(&'static str),
}

impl Part {
    pub(super) fn of(self, value: &str) -> Option<Range<usize>> {
        let start = match self {
            Self::Whole => 0,
            Self::After(sign) => value.find(sign)? + sign.len(),
        };
        (!name::is_reference(&value[start..])).then_some(start..value.len())
    }
}

/// How a flag is written with its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Written {
    /// `-p value`, and `-pvalue`.
    Both,
    /// `-pvalue`: alone it asks, or is something else.
    Joined,
    /// `-passin value`.
    Apart,
}

struct Flag {
    programs: &'static [&'static str],
    /// A command of the program that has to be named for the flag to mean this.
    command: Option<&'static str>,
    name: &'static str,
    written: Written,
    part: Part,
}

const fn flag(
    programs: &'static [&'static str],
    name: &'static str,
    written: Written,
    part: Part,
) -> Flag {
    Flag {
        programs,
        command: None,
        name,
        written,
        part,
    }
}

const fn with_command(
    programs: &'static [&'static str],
    command: &'static str,
    name: &'static str,
    written: Written,
) -> Flag {
    Flag {
        programs,
        command: Some(command),
        name,
        written,
        part: Whole,
    }
}

use Part::{After, Whole};
use Written::{Apart, Both, Joined};

const MYSQL: &[&str] = &[
    "mysql",
    "mysqldump",
    "mysqladmin",
    "mysqlimport",
    "mysqlcheck",
    "mysqlshow",
    "mysqlslap",
    "mysqlbinlog",
    "mysqlpump",
    "mysqlsh",
    "mycli",
    "mariadb",
    "mariadb-dump",
    "mariadb-admin",
    "mariadb-import",
    "mariadb-check",
    "xtrabackup",
    "mydumper",
    "myloader",
];
const MONGO: &[&str] = &[
    "mongo",
    "mongosh",
    "mongodump",
    "mongorestore",
    "mongoexport",
    "mongoimport",
    "mongostat",
    "mongotop",
    "mongofiles",
];
const LDAP: &[&str] = &[
    "ldapsearch",
    "ldapadd",
    "ldapmodify",
    "ldapdelete",
    "ldapwhoami",
    "ldappasswd",
    "ldapcompare",
    "ldapmodrdn",
];
const SAMBA: &[&str] = &[
    "smbclient",
    "rpcclient",
    "smbget",
    "smbcacls",
    "net",
    "smbmap",
];
const CONTAINERS: &[&str] = &[
    "docker", "podman", "nerdctl", "buildah", "skopeo", "helm", "oras", "crane", "az", "oc",
];
const MOSQUITTO: &[&str] = &["mosquitto_pub", "mosquitto_sub", "mosquitto_rr"];

const FLAGS: &[Flag] = &[
    flag(MYSQL, "-p", Joined, Whole),
    flag(MONGO, "-p", Both, Whole),
    flag(LDAP, "-w", Both, Whole),
    flag(SAMBA, "-U", Both, After("%")),
    flag(SAMBA, "--user", Apart, After("%")),
    flag(MOSQUITTO, "-P", Both, Whole),
    with_command(CONTAINERS, "login", "-p", Both),
    with_command(&["cf", "glab"], "login", "-p", Both),
    with_command(&["gh"], "secret", "--body", Apart),
    with_command(&["gh"], "secret", "-b", Both),
    flag(
        &[
            "sshpass",
            "twine",
            "cqlsh",
            "rabbitmqadmin",
            "rdesktop",
            "cypher-shell",
        ],
        "-p",
        Both,
        Whole,
    ),
    flag(
        &["smbmap", "crackmapexec", "nxc", "winexe"],
        "-p",
        Both,
        Whole,
    ),
    flag(
        &["redis-cli", "redis-benchmark", "keydb-cli", "valkey-cli"],
        "-a",
        Both,
        Whole,
    ),
    flag(&["curl"], "-u", Both, After(":")),
    flag(&["curl"], "--user", Apart, After(":")),
    flag(&["curl"], "-b", Both, After("=")),
    flag(&["curl"], "--cookie", Apart, After("=")),
    flag(&["etcdctl"], "--user", Apart, After(":")),
    flag(&["ssh-keygen"], "-N", Both, Whole),
    flag(&["ssh-keygen"], "-P", Both, Whole),
    flag(&["snmpwalk", "snmpget"], "-X", Apart, Whole),
    flag(&["curl"], "-U", Both, After(":")),
    flag(&["curl"], "--proxy-user", Apart, After(":")),
    flag(&["http", "https", "xh", "xhs"], "-a", Both, After(":")),
    flag(&["http", "https", "xh", "xhs"], "--auth", Apart, After(":")),
    flag(&["lftp"], "-u", Both, After(",")),
    flag(
        &["sqlcmd", "bcp", "isql", "tsql", "osql"],
        "-P",
        Both,
        Whole,
    ),
    flag(&["zip", "unzip"], "-P", Both, Whole),
    flag(&["7z", "7za", "7zz", "rar", "unrar"], "-p", Joined, Whole),
    flag(&["openssl"], "-passin", Apart, After("pass:")),
    flag(&["openssl"], "-passout", Apart, After("pass:")),
    flag(&["openssl"], "-pass", Apart, After("pass:")),
    flag(&["openssl"], "-k", Apart, Whole),
    flag(&["openssl"], "-K", Apart, Whole),
    flag(&["keytool", "jarsigner"], "-storepass", Apart, Whole),
    flag(&["keytool", "jarsigner"], "-keypass", Apart, Whole),
    flag(
        &["xfreerdp", "wlfreerdp", "xfreerdp3"],
        "/p:",
        Joined,
        Whole,
    ),
    flag(&["ipmitool", "snmpwalk", "snmpget"], "-P", Apart, Whole),
    flag(&["snmpwalk", "snmpget"], "-A", Apart, Whole),
    flag(&["ab"], "-A", Both, After(":")),
    flag(&["ansible-vault"], "-p", Both, Whole),
    flag(&["influx"], "-t", Both, Whole),
    flag(&["argocd", "sonar-scanner", "vault"], "-t", Apart, Whole),
    flag(&["sonar-scanner"], "-Dsonar.login", Apart, Whole),
    flag(&["nc", "ncat"], "--proxy-auth", Apart, After(":")),
];

/// A password without a flag: behind these commands, the argument at this place, counted from 0.
struct Positional {
    program: &'static str,
    commands: &'static [&'static str],
    place: usize,
}

const fn positional(
    program: &'static str,
    commands: &'static [&'static str],
    place: usize,
) -> Positional {
    Positional {
        program,
        commands,
        place,
    }
}

const POSITIONAL: &[Positional] = &[
    positional("cargo", &["login"], 1),
    positional("mc", &["alias", "set"], 5),
    positional("ngrok", &["authtoken"], 1),
    positional("ngrok", &["config", "add-authtoken"], 2),
    positional("rabbitmqctl", &["add_user"], 2),
    positional("rabbitmqctl", &["change_password"], 2),
    positional("snyk", &["auth"], 1),
    positional("vault", &["login"], 1),
    positional("wandb", &["login"], 1),
    positional("wpa_passphrase", &[], 1),
];

/// More arguments tell nothing of the program.
const MOST_COMMANDS: usize = 16;

/// What a command line shows of the program that is run.
#[derive(Default)]
pub(super) struct Program<'a> {
    name: Option<&'a str>,
    /// Its arguments that are no flags.
    commands: Vec<&'a str>,
    /// Its short flags, run together.
    short_flags: String,
}

impl<'a> Program<'a> {
    /// Takes note of an argument: it may name a program, or one of its commands.
    pub(super) fn see(&mut self, argument: &'a str) {
        let name = argument.rsplit(['/', '\\']).next().unwrap_or(argument);
        let name = name.strip_suffix(".exe").unwrap_or(name);
        if KNOWN.contains(name) {
            *self = Self {
                name: Some(name),
                ..Self::default()
            };
        } else if let Some(flags) = argument.strip_prefix('-') {
            self.short_flags.push_str(flags);
        } else if self.commands.len() < MOST_COMMANDS {
            self.commands.push(argument);
        }
    }

    /// The secret in an argument that joins a flag and its value.
    pub(super) fn joined(&self, argument: &str) -> Option<Range<usize>> {
        self.flags().find_map(|flag| {
            let rest = argument.strip_prefix(flag.name)?;
            let value = match rest.strip_prefix('=') {
                Some(value) => value,
                None if flag.written == Apart => return None,
                None => rest,
            };
            let place = flag.part.of(value)?;
            let start = argument.len() - value.len();
            Some(start + place.start..start + place.end)
        })
    }

    /// What is secret of the argument behind this one, if this one is a flag that says so.
    pub(super) fn apart(&self, argument: &str) -> Option<Part> {
        let is_apart = |flag: &&Flag| flag.name == argument && flag.written != Joined;
        self.flags().find(is_apart).map(|flag| flag.part)
    }

    /// Whether this is the argument that the program takes its password as.
    pub(super) fn takes_as_password(&self, argument: &str) -> bool {
        let Some(name) = self.name else {
            return false;
        };
        let place = self.commands.len();
        // `htpasswd -b file user password`, and with `-n` no file.
        if name == "htpasswd" && self.short_flags.contains('b') {
            return place == if self.short_flags.contains('n') { 1 } else { 2 };
        }
        let is_here = |known: &Positional| {
            known.program == name
                && known.place == place
                && self.commands.starts_with(known.commands)
        };
        // `vault login name=value` has no token there.
        POSITIONAL.iter().any(is_here) && !argument.contains('=')
    }

    /// Whether this flag names a secret that is kept elsewhere.
    pub(super) fn has_name_of_secret(&self, flag: &str) -> bool {
        const NAMING: [&str; 5] = ["docker", "podman", "buildah", "gcloud", "kubectl"];
        flag == "--secret" && self.name.is_some_and(|name| NAMING.contains(&name))
    }

    fn flags(&self) -> impl Iterator<Item = &'static Flag> {
        FLAGS.iter().filter(|flag| {
            let is_named = self.name.is_some_and(|name| flag.programs.contains(&name));
            is_named
                && flag
                    .command
                    .is_none_or(|command| self.commands.contains(&command))
        })
    }
}

/// Every program that is known, so that the arguments which name none are told at once.
static KNOWN: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let positional = POSITIONAL.iter().map(|known| known.program);
    let programs = FLAGS.iter().flat_map(|flag| flag.programs).copied();
    programs
        .chain(positional)
        .chain(["htpasswd", "gcloud", "kubectl"])
        .collect()
});
