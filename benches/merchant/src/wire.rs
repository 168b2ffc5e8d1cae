//! One connection that speaks HTTP/1.1 by hand, one request after the other: a client that costs
//! next to nothing, so that what is measured is the server.
//!
//! It knows answers with `content-length` only, which is what our servers send.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

/// After so many connections the next address is used: a port stays unusable for a minute after its
/// connection has ended, and one address has some 28,000.
const PER_ADDRESS: usize = 10_000;
/// Then it starts over.
const ADDRESSES: usize = 200;
/// What one reading takes in.
const CHUNK_BYTES: usize = 4_096;

/// An open connection.
pub(crate) struct Wire {
    stream: TcpStream,
    /// What has come; it is given back after each answer, for those who wait are many.
    heard: Vec<u8>,
}

/// An answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: Vec<u8>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// A text below these names; empty when there is none.
    pub(crate) fn text(&self, pointer: &str) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_default();
        json.pointer(pointer).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(&self.head).ok()?;
        let mut pairs = head.lines().filter_map(|line| line.split_once(':'));
        pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

impl Wire {
    /// Connects, from an address of this machine that no server uses.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) async fn open(server: SocketAddr) -> Result<Wire, String> {
        static OPENED: AtomicUsize = AtomicUsize::new(0);
        let address = client_address(OPENED.fetch_add(1, Ordering::Relaxed));
        let socket = TcpSocket::new_v4().map_err(said)?;
        socket.bind(SocketAddr::from((address, 0))).map_err(said)?;
        let stream = socket.connect(server).await.map_err(said)?;
        stream.set_nodelay(true).map_err(said)?;
        Ok(Wire { stream, heard: Vec::new() })
    }

    /// Asks for a path.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is none.
    pub(crate) async fn get(&mut self, path: &str) -> Result<Answer, String> {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n")).await
    }

    /// Posts JSON, with one more header line that ends with a line break, or none.
    ///
    /// # Errors
    /// When the connection breaks, or the answer is none.
    pub(crate) async fn post(
        &mut self,
        path: &str,
        header: &str,
        body: &str,
    ) -> Result<Answer, String> {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\n{header}"
        );
        self.ask(&format!("{head}content-length: {length}\r\n\r\n{body}")).await
    }

    async fn ask(&mut self, request: &str) -> Result<Answer, String> {
        self.stream.write_all(request.as_bytes()).await.map_err(said)?;
        let (status, head_bytes, body_bytes) = loop {
            // Nothing is kept ready while nothing comes.
            self.stream.readable().await.map_err(said)?;
            self.hear().await?;
            if let Some(head) = read_head(&self.heard) {
                break head;
            }
        };
        while self.heard.len() < head_bytes + body_bytes {
            self.hear().await?;
        }
        let mut head = std::mem::take(&mut self.heard);
        let body = head.split_off(head_bytes);
        Ok(Answer { status, head, body })
    }

    async fn hear(&mut self) -> Result<(), String> {
        self.heard.reserve(CHUNK_BYTES);
        match self.stream.read_buf(&mut self.heard).await {
            Ok(0) => Err("the server hung up".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(said(error)),
        }
    }
}

/// The address of the client with this number: 127.0.0.2 and up. All servers are at 127.0.0.1, so a
/// client's local port is never one that a server needs.
fn client_address(number: usize) -> Ipv4Addr {
    let block = u8::try_from(number / PER_ADDRESS % ADDRESSES).unwrap_or_default();
    Ipv4Addr::new(127, 0, 0, block.saturating_add(2))
}

/// Status, length of the head, length of the body; `None` while the head is not complete.
fn read_head(heard: &[u8]) -> Option<(u16, usize, usize)> {
    let end = heard.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(heard.get(..end)?).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    Some((status, end + 4, length.unwrap_or(0)))
}

/// An error as a text.
pub(crate) fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_never_come_from_the_address_of_the_servers() {
        let last = [0, 9_999, 10_000, 1_999_999, 2_000_000].map(|n| client_address(n).octets()[3]);
        assert_eq!(last, [2, 2, 3, 201, 2]);
    }

    #[test]
    fn a_head_counts_when_it_is_complete() {
        assert_eq!(read_head(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"), None);
        let head = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
        assert_eq!(read_head(head), Some((200, head.len() - 2, 2)));
    }
}
