//! A port of this machine that nobody else is given while a server is started, stopped and started
//! again on it.
//!
//! A port that was free a moment ago is a guess: any connection from 127.0.0.1 may be given it as its
//! local port before the server listens, or while it is down. [`HeldPort`] keeps a socket bound
//! there that never listens. The kernel then gives the port to no one who leaves the choice to it
//! (neither `connect` nor a `bind` to port 0). A server that asks for it by number with
//! `SO_REUSEADDR`, as tokio, PostgreSQL and PgBouncer do, gets it: on Linux two such sockets share
//! a port as long as only one of them listens.

use crate::said;
use socket2::{Domain, Socket, Type};
use std::net::{Ipv4Addr, SocketAddr};

/// A port of 127.0.0.1 that is reserved until this is dropped.
#[derive(Debug)]
pub struct HeldPort {
    /// Bound, never listening.
    _socket: Socket,
    address: SocketAddr,
}

impl HeldPort {
    /// Reserves one that is free.
    ///
    /// # Errors
    /// When there is none.
    pub fn take() -> Result<HeldPort, String> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).map_err(said)?;
        socket.set_reuse_address(true).map_err(said)?;
        socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).map_err(said)?;
        let address = socket.local_addr().map_err(said)?.as_socket();
        let address = address.ok_or_else(|| "a socket without an address".to_owned())?;
        Ok(HeldPort { _socket: socket, address })
    }

    /// Where the server is to listen.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The port alone.
    pub fn number(&self) -> u16 {
        self.address.port()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::{TcpListener, TcpStream};

    #[test]
    fn a_server_gets_the_held_port_again_and_again() {
        let held = HeldPort::take().unwrap();
        for _ in 0..3 {
            // As `bind` of the standard library and tokio do: with SO_REUSEADDR.
            let server = TcpListener::bind(held.address()).unwrap();
            let client = TcpStream::connect(held.address()).unwrap();
            let (accepted, _) = server.accept().unwrap();
            // The server's side ends first, and leaves the port in TIME_WAIT.
            drop((accepted, client));
        }
    }

    #[test]
    fn no_one_else_is_given_the_held_port() {
        let held = HeldPort::take().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        for _ in 0..2_000 {
            let client = TcpStream::connect(server.local_addr().unwrap()).unwrap();
            assert_ne!(client.local_addr().unwrap().port(), held.number());
            drop((server.accept().unwrap(), client));
        }
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let taken = socket.bind(&held.address().into());
        assert!(taken.is_err(), "a client without SO_REUSEADDR must not get the port");
    }
}
