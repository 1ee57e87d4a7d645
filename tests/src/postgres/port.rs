//! A port of this machine, also one where nobody listens or nobody answers.

use super::Database;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, getsockname, listen, socket_with};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::time::Duration;

/// The password in every URL. The servers do not ask for it, and nobody may show it.
pub const PASSWORD: &str = "s3cret-word";

/// A port that no other process is given. Connections are refused until [`Proxy::on`](super::Proxy::on)
/// opens it.
pub struct Port {
    socket: OwnedFd,
    pub(super) address: SocketAddr,
    /// Connections that nobody has accepted.
    waiting: Vec<TcpStream>,
}

impl Port {
    /// A port that refuses connections, as that of a server that is down.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    #[must_use]
    pub fn closed() -> Self {
        let flags = SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::INET, SocketType::STREAM, flags, None);
        let socket = socket.expect("a socket");
        bind(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = getsockname(&socket).expect("an address");
        Self {
            socket,
            address: address.try_into().expect("an address of the network"),
            waiting: Vec::new(),
        }
    }

    /// A port that neither accepts nor refuses connections, as that of a machine that is down.
    ///
    /// # Panics
    ///
    /// If there is no free port.
    #[must_use]
    pub fn silent() -> Self {
        /// How long a connection to this machine takes at most.
        const LONG: Duration = Duration::from_millis(100);
        let mut port = Self::closed();
        listen(&port.socket, 0).expect("it listens");
        // The system drops what comes once its queue is full.
        while let Ok(waiting) = TcpStream::connect_timeout(&port.address, LONG) {
            port.waiting.push(waiting);
        }
        port
    }

    /// The URL of a database by way of this port.
    #[must_use]
    pub fn url(&self, database: &Database<'_>) -> String {
        format!(
            "postgresql://postgres:{PASSWORD}@{}/{}",
            self.address, database.name
        )
    }

    pub(super) fn open(self) -> TcpListener {
        listen(&self.socket, 128).expect("it listens");
        self.socket.into()
    }
}
