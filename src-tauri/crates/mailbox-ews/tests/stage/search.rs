//! The search for a mailbox's server: where it leads, and where it does not go.

use mailbox_ews::Credentials;
use mailbox_ews::autodiscover::{Domain, Found, Search, autodiscover};
use model::{AccountName, Code, Secret};
use ports::{ErrorKind, Failure};
use transport::Address;

use crate::server::{Act, Asked, Server};

const EMAIL: &str = "anna@firma.example";

fn response(content: &str) -> Act {
    Act::xml(format!(
        "<Autodiscover><Response>{content}</Response></Autodiscover>"
    ))
}

fn settings(ews: &str) -> Act {
    response(&format!(
        "<User><AutoDiscoverSMTPAddress>anna.m@firma.example</AutoDiscoverSMTPAddress></User>\
         <Account><Protocol><Type>EXPR</Type><EwsUrl>{ews}</EwsUrl></Protocol></Account>"
    ))
}

async fn search(places: &[&Server]) -> Result<Found, Failure> {
    let mut search = Search::new(Credentials {
        user: AccountName::new(EMAIL),
        password: Secret::new("secret"),
    });
    let address = |server: &&Server| Address::parse(&server.url).expect("a loopback address");
    search.places = Some(places.iter().map(address).collect());
    autodiscover(&AccountName::new(EMAIL), &search).await
}

async fn code(places: &[&Server]) -> (ErrorKind, Code) {
    let failure = search(places).await.expect_err("nothing to be found");
    (failure.kind, failure.problem.code)
}

#[tokio::test]
async fn the_first_place_that_knows_is_believed() {
    let unknowing = Server::start(|_| response("<Error><ErrorCode>500</ErrorCode></Error>")).await;
    let website = Server::start(|_| Act::xml("<html></html>")).await;
    let knowing = Server::start(|_| settings("https://mail.firma.example/EWS/Exchange.asmx")).await;
    let found = search(&[&unknowing, &website, &knowing])
        .await
        .expect("found");
    assert_eq!(
        found.ews.url().as_str(),
        "https://mail.firma.example/EWS/Exchange.asmx"
    );
    assert_eq!(
        found.mailbox,
        Some(AccountName::new("anna.m@firma.example"))
    );
    assert_eq!(found.domain, Domain::Own);
    assert!(
        knowing
            .asked()
            .pop()
            .expect("asked")
            .body
            .contains("<EMailAddress>anna@firma.example<")
    );
}

#[tokio::test]
async fn a_server_of_another_domain_is_told_as_such() {
    let server = Server::start(|_| settings("https://mail.hoster.example/EWS/Exchange.asmx")).await;
    assert_eq!(
        search(&[&server]).await.expect("found").domain,
        Domain::Foreign
    );
}

#[tokio::test]
async fn an_address_without_tls_is_not_taken() {
    let server = Server::start(|_| settings("http://mail.firma.example/EWS/Exchange.asmx")).await;
    assert_eq!(code(&[&server]).await.1, Code::AddressNotSecure);
    let server =
        Server::start(|_| Act::status(302).with("Location", "http://firma.example/x")).await;
    assert_eq!(code(&[&server]).await.1, Code::AddressNotSecure);
}

#[tokio::test]
async fn the_password_does_not_follow_a_redirection_to_another_domain() {
    let to_https = || Act::status(302).with("Location", "https://mail.hoster.example/a.xml");
    let in_words = || {
        response(
            "<Account><Action>redirectUrl</Action><RedirectUrl>https://mail.hoster.example/a.xml</RedirectUrl></Account>",
        )
    };
    for act in [to_https, in_words as fn() -> Act] {
        let server = Server::start(move |_| act()).await;
        let failure = search(&[&server]).await.expect_err("not without asking");
        assert_eq!(failure.kind, ErrorKind::SignInNeeded);
        assert_eq!(failure.problem.code, Code::AddressForeign);
        assert_eq!(failure.problem.values["server"], "mail.hoster.example");
    }
}

#[tokio::test]
async fn a_redirection_within_the_server_is_followed_and_one_in_a_circle_ends() {
    let mut asked_before = false;
    let server = Server::start(
        move |_: &Asked| match std::mem::replace(&mut asked_before, true) {
            false => Act::status(302).with("Location", "/other/place.xml"),
            true => settings("https://mail.firma.example/EWS/Exchange.asmx"),
        },
    )
    .await;
    search(&[&server]).await.expect("found");
    let circle = Server::start(|_| Act::status(302).with("Location", "/a.xml")).await;
    assert_eq!(
        code(&[&circle]).await,
        (ErrorKind::Malformed, Code::NothingAtAddress)
    );
    assert!(
        circle.asked().len() <= 2 * 11,
        "{} requests",
        circle.asked().len()
    );
}

#[tokio::test]
async fn another_address_of_the_mailbox_is_asked_for_and_not_for_ever() {
    let server = Server::start(|_| {
        response("<Account><Action>redirectAddr</Action><RedirectAddr>anna@intern.firma.example</RedirectAddr></Account>")
    })
    .await;
    assert_eq!(code(&[&server]).await.1, Code::NothingAtAddress);
    assert!(
        server
            .asked()
            .pop()
            .expect("asked")
            .body
            .contains("anna@intern.firma.example")
    );
    assert!(server.asked().len() <= 2 * 12);
}

#[tokio::test]
async fn r7_5_a_refused_password_is_not_tried_at_the_next_place() {
    let refusing = Server::start(|_| Act::sign_in(&["Basic realm=x"])).await;
    let next = Server::start(|_| settings("https://mail.firma.example/x")).await;
    assert_eq!(code(&[&refusing, &next]).await.1, Code::WrongPassword);
    assert!(next.asked().is_empty());
}

#[tokio::test]
async fn a_place_that_cannot_be_reached_is_passed_over() {
    let cut = Server::start(|_| Act::Cut).await;
    let next = Server::start(|_| settings("https://mail.firma.example/x")).await;
    search(&[&cut, &next]).await.expect("found");
    assert_eq!(
        code(&[&cut]).await,
        (ErrorKind::Offline, Code::ConnectionLost)
    );
}
