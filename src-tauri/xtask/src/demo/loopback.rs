//! As much of an HTTP client as the demo needs to act as people who use the two servers, so that the xtask stays free of an HTTP
//! library. Loopback only, one request per connection, answers with a length.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use crate::error::{Outcome, XtaskError};

/// One request.
pub struct Request<'a> {
    /// `GET`, `POST`, `PATCH`.
    pub method: &'a str,
    /// `http://HOST:PORT/PATH`.
    pub url: &'a str,
    /// Name and value of further head lines.
    pub head: &'a [(&'a str, &'a str)],
    /// What is sent along.
    pub body: &'a str,
}

impl Request<'_> {
    /// Sends it and gives back the answer's body; another status than one of success is an error that tells the body.
    pub fn send(&self) -> Outcome<String> {
        let wrong = |why: String| XtaskError::Answer {
            what: format!("{} {}", self.method, self.url),
            why,
        };
        let (host, path) = self.place();
        let answer =
            exchange(host, &self.text(host, path)).map_err(|error| wrong(error.to_string()))?;
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .ok_or_else(|| wrong("no end of the head".to_owned()))?;
        let status = head.split_whitespace().nth(1).unwrap_or_default();
        if status.starts_with('2') {
            Ok(body.to_owned())
        } else {
            Err(wrong(format!("status {status}: {body}")))
        }
    }

    fn place(&self) -> (&str, &str) {
        let rest = self.url.strip_prefix("http://").unwrap_or(self.url);
        rest.find('/').map_or((rest, "/"), |at| rest.split_at(at))
    }

    fn text(&self, host: &str, path: &str) -> String {
        let mut text = format!(
            "{} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n",
            self.method
        );
        for (name, value) in self.head {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!(
            "Content-Length: {}\r\n\r\n{}",
            self.body.len(),
            self.body
        ));
        text
    }
}

fn exchange(host: &str, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(host)?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead, BufReader};
    use std::net::TcpListener;
    use std::thread::{self, JoinHandle};

    use super::*;

    /// A server for one request: its address, and what it was asked.
    fn answering(answer: &'static str) -> (String, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on loopback");
        let address = format!("http://{}/act", listener.local_addr().expect("it is bound"));
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("one connection");
            let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
            let mut request = String::new();
            while !request.ends_with("\r\n\r\n") {
                reader.read_line(&mut request).expect("a line");
            }
            let length = request
                .lines()
                .find_map(|line| line.strip_prefix("Content-Length: "))
                .expect("a length");
            let mut body = vec![0; length.parse().expect("a number")];
            reader.read_exact(&mut body).expect("the body");
            stream
                .write_all(answer.as_bytes())
                .expect("the answer is sent");
            request + &String::from_utf8_lossy(&body)
        });
        (address, server)
    }

    #[test]
    fn a_body_is_sent_with_its_length_in_bytes_and_the_answer_is_read() {
        let (url, server) = answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood");
        let request = Request {
            method: "POST",
            url: &url,
            head: &[("Content-Type", "text/plain")],
            body: "Müller",
        };
        assert_eq!(request.send().expect("a good answer"), "good");
        let seen = server.join().expect("the server ends");
        assert!(seen.starts_with("POST /act HTTP/1.1\r\n"), "{seen}");
        assert!(
            seen.contains("\r\nContent-Type: text/plain\r\n") && seen.ends_with("\r\n\r\nMüller"),
            "{seen}"
        );
    }

    #[test]
    fn a_refusal_is_an_error_with_its_reason() {
        let (url, _server) = answering("HTTP/1.1 409 Conflict\r\n\r\nno such contact");
        let error = Request {
            method: "GET",
            url: &url,
            head: &[],
            body: "",
        }
        .send()
        .expect_err("a refusal");
        assert!(error.to_string().contains("no such contact"), "{error}");
    }
}
