//! The names of the host and the user.

/// The host name, or that of the container.
#[cfg(unix)]
pub(super) fn host() -> Option<String> {
    nix::unistd::gethostname().ok()?.into_string().ok()
}

/// The login name of the user whose rights the process has.
#[cfg(unix)]
pub(super) fn user() -> Option<String> {
    let user = nix::unistd::User::from_uid(nix::unistd::Uid::effective());
    user.ok().flatten().map(|user| user.name)
}

/// The host name.
#[cfg(not(unix))]
pub(super) fn host() -> Option<String> {
    whoami::hostname().ok()
}

/// The login name of the user.
#[cfg(not(unix))]
pub(super) fn user() -> Option<String> {
    whoami::username().ok()
}
