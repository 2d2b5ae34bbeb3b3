//! The door alone, driven by bare sockets so that no client hides what is on the line.

use super::*;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Counts requests per connection and obeys the path.
struct Echo;

#[derive(Default)]
struct Count(AtomicU32);

#[async_trait]
impl Service for Echo {
    async fn answer(&self, connection: &Connection, request: Request) -> Reply {
        let nth = connection
            .memory::<Count>()
            .0
            .fetch_add(1, Ordering::Relaxed)
            + 1;
        match request.path.as_str() {
            "/cut" => Reply::Cut,
            "/stream" => {
                let (sender, chunks) = mpsc::channel(2);
                tokio::spawn(async move {
                    for piece in ["one", "two"] {
                        let _ = sender.send(Bytes::from(piece)).await;
                    }
                });
                Reply::Stream {
                    status: 200,
                    headers: hyper::HeaderMap::new(),
                    chunks,
                }
            }
            _ => Reply::whole(
                200,
                "text/plain",
                format!("{nth} {}", String::from_utf8_lossy(&request.body)),
            ),
        }
    }
}

async fn door() -> std::net::SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(serve(listener, Arc::new(Echo)));
    address
}

async fn read_until(line: &mut TcpStream, end: &str) -> String {
    let mut text = Vec::new();
    let mut piece = [0; 1024];
    loop {
        let count = line.read(&mut piece).await.unwrap_or(0);
        text.extend_from_slice(&piece[..count]);
        let so_far = String::from_utf8_lossy(&text).into_owned();
        if count == 0 || so_far.ends_with(end) {
            return so_far;
        }
    }
}

#[tokio::test]
async fn a_connection_keeps_its_memory_between_requests_and_shares_it_with_no_other() {
    let address = door().await;
    let mut first = TcpStream::connect(address).await.expect("open door");
    let mut second = TcpStream::connect(address).await.expect("open door");
    let request = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi";
    for (line, want) in [(&mut first, "1 hi"), (&mut second, "1 hi")] {
        line.write_all(request).await.expect("written");
        assert!(read_until(line, "hi").await.ends_with(want));
    }
    first.write_all(request).await.expect("written");
    assert!(read_until(&mut first, "hi").await.ends_with("2 hi"));
}

#[tokio::test]
async fn a_cut_sends_not_one_byte() {
    let mut line = TcpStream::connect(door().await).await.expect("open door");
    line.write_all(b"GET /cut HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .expect("written");
    assert_eq!(read_until(&mut line, "never").await, "");
}

#[tokio::test]
async fn a_stream_goes_out_in_chunks_and_the_connection_lives_on() {
    let mut line = TcpStream::connect(door().await).await.expect("open door");
    line.write_all(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .expect("written");
    let answer = read_until(&mut line, "0\r\n\r\n").await;
    assert!(
        answer.contains("3\r\none\r\n") && answer.contains("3\r\ntwo\r\n"),
        "{answer}"
    );
    line.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .expect("written");
    assert!(read_until(&mut line, "2 ").await.contains("200 OK"));
}
