//! Basic sign-in and the rules of a connection. The NTLM handshake with a client that is not ours is in the EWS probe (c03).

use super::*;
use crate::http::ConnectionId;

fn users() -> Vec<User> {
    vec![User {
        name: "anna@firma.example".to_owned(),
        password: "geheim:ä".to_owned(),
        email: "anna@firma.example".to_owned(),
        display_name: "Anna".to_owned(),
    }]
}

fn request(authorization: Option<&str>) -> Request {
    let mut headers = hyper::HeaderMap::new();
    if let Some(value) = authorization {
        headers.insert("authorization", value.parse().expect("a header"));
    }
    Request {
        method: "POST".to_owned(),
        path: "/".to_owned(),
        query: String::new(),
        headers,
        body: hyper::body::Bytes::new(),
    }
}

fn judged(connection: &Connection, authorization: Option<&str>) -> Verdict {
    judge(
        connection,
        &request(authorization),
        &users(),
        Mode::Exchange,
    )
}

#[test]
fn basic_takes_every_form_of_the_name_and_the_right_password_only() {
    let connection = Connection::new(ConnectionId(1));
    let header = |text: &str| format!("Basic {}", STANDARD.encode(text));
    for name in [
        "anna@firma.example",
        "ANNA@firma.example",
        "anna",
        "FIRMA\\anna",
    ] {
        let verdict = judged(&connection, Some(&header(&format!("{name}:geheim:ä"))));
        assert!(matches!(verdict, Verdict::SignedIn { .. }), "{name}");
    }
    for wrong in ["anna:geheim", "anna:", "bert:geheim:ä", "anna"] {
        assert_eq!(
            judged(&connection, Some(&header(wrong))),
            Verdict::Refused,
            "{wrong}"
        );
    }
    assert_eq!(
        judged(&connection, None),
        Verdict::Nobody,
        "basic signs in one request, not the connection"
    );
}

#[test]
fn the_legs_of_ntlm_belong_to_one_connection() {
    let (first, second) = (
        Connection::new(ConnectionId(1)),
        Connection::new(ConnectionId(2)),
    );
    let negotiate = format!(
        "NTLM {}",
        STANDARD.encode(b"NTLMSSP\0\x01\0\0\0\x07\x82\x08\xa2")
    );
    assert!(
        matches!(judged(&first, Some(&negotiate)), Verdict::Continue(header) if header.starts_with("NTLM "))
    );
    let mut third = b"NTLMSSP\0\x03\0\0\0".to_vec();
    third.extend([0; 80]);
    let authenticate = format!("NTLM {}", STANDARD.encode(third));
    assert_eq!(judged(&second, Some(&authenticate)), Verdict::Refused);
    assert_eq!(judged(&first, Some(&authenticate)), Verdict::Refused);
    assert_eq!(judged(&first, None), Verdict::Nobody);
}

#[test]
fn gromox_knows_basic_only() {
    let connection = Connection::new(ConnectionId(1));
    let negotiate = format!(
        "NTLM {}",
        STANDARD.encode(b"NTLMSSP\0\x01\0\0\0\x07\x82\x08\xa2")
    );
    assert_eq!(
        judge(
            &connection,
            &request(Some(&negotiate)),
            &users(),
            Mode::Gromox
        ),
        Verdict::Refused
    );
    assert_eq!(schemes(Mode::Gromox).len(), 1);
}
