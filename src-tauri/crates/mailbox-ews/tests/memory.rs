//! A large mail is held once. The test looks at what Linux counts, so it is alone in its process.

#![cfg(target_os = "linux")]

use mailbox_ews::{EwsMailbox, EwsOptions, SignInMethod};
use model::{AccountName, ItemId, Secret};
use ports::Mails;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use transport::Address;

/// Large enough that everything else a test needs does not count.
const LINES: usize = 700_000;
/// As base64 it has 80 letters and none that pad.
const LINE: [u8; 60] = [b'x'; 60];

/// Answers one request with a mail, line by line, so that it never holds it.
async fn serve(mut stream: TcpStream, is_chunked: bool) -> std::io::Result<()> {
    let mut asked = vec![0; 64 * 1024];
    while !String::from_utf8_lossy(&asked).contains("</soap:Envelope>") {
        let read = stream.read(&mut asked).await?;
        if read == 0 {
            return Ok(());
        }
    }
    let begin = "<s:Envelope><s:Body><m:R><m:ResponseMessages><m:M ResponseClass='Success'><m:Items><t:Message><t:MimeContent>";
    let end = "</t:MimeContent><t:ItemId Id='I' ChangeKey='K'/></t:Message></m:Items></m:M></m:ResponseMessages></m:R></s:Body></s:Envelope>";
    let line = format!("{}\r\n", "eHh4".repeat(LINE.len() / 3));
    let lines = line.repeat(100);
    let parts = LINES / 100;
    let head = match is_chunked {
        true => "Transfer-Encoding: chunked".to_owned(),
        false => format!(
            "Content-Length: {}",
            begin.len() + lines.len() * parts + end.len()
        ),
    };
    stream
        .write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n").as_bytes())
        .await?;
    let all = std::iter::once(begin)
        .chain(std::iter::repeat_n(lines.as_str(), parts))
        .chain([end]);
    for part in all {
        if is_chunked {
            stream
                .write_all(format!("{:x}\r\n{part}\r\n", part.len()).as_bytes())
                .await?;
        } else {
            stream.write_all(part.as_bytes()).await?;
        }
    }
    if is_chunked {
        stream.write_all(b"0\r\n\r\n").await?;
    }
    stream.flush().await
}

/// The most memory this process had in use since the count began anew, in bytes.
fn most_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux tells");
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .expect("it is there");
    let kilobytes: usize = line
        .split_whitespace()
        .nth(1)
        .expect("a number")
        .parse()
        .expect("a number");
    kilobytes * 1024
}

async fn held_once(is_chunked: bool) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("a connection");
            tokio::spawn(serve(stream, is_chunked));
        }
    });
    let address = format!("http://127.0.0.1:{port}/EWS/Exchange.asmx");
    let address = Address::parse(&address).expect("a loopback address");
    let user = AccountName::new("anna@firma.example");
    let mailbox = EwsMailbox::new(EwsOptions {
        method: SignInMethod::Basic,
        ..EwsOptions::new(address, user, Secret::new("secret"))
    });
    // "5" sets the peak back to what is in use (proc(5)).
    std::fs::write("/proc/self/clear_refs", "5").expect("a process may do so to itself");
    let before = most_memory();
    let mut mails = mailbox.fetch(&[ItemId::new("I")]).await.expect("answered");
    let mail = mails.remove(0).expect("read");
    let (size, used) = (mail.mime.len(), most_memory() - before);
    assert_eq!(size, LINES * LINE.len());
    assert!(mail.mime.chunks(LINE.len()).all(|line| line == LINE));
    assert!(used < size + size / 4, "{used} bytes for a mail of {size}");
}

#[tokio::test]
async fn r5_6_a_large_mail_is_held_once_whether_its_size_is_known_or_not() {
    for is_chunked in [true, false] {
        held_once(is_chunked).await;
    }
}
