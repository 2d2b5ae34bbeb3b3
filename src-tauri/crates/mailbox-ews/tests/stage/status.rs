//! What the answers of web servers and proxies mean, for a read and for a write.

use model::{Code, Component};
use ports::{ErrorKind, ItemWrite, Mailbox};

use crate::server::{Act, Server};
use crate::{answers, failed, folder, mailbox, no_values, stamp};

const HTML: &str =
    "<!DOCTYPE html><html><head><meta charset=utf-8></head><body>Hello<br></body></html>";

async fn read(act: impl Fn() -> Act + Send + 'static) -> (ErrorKind, Code) {
    let server = Server::start(move |_| act()).await;
    let answer = mailbox(&server)
        .changes(Component::Contacts, &folder(), None)
        .await;
    failed(answer)
}

async fn write(act: impl Fn() -> Act + Send + 'static) -> (ErrorKind, Code) {
    let server = Server::start(move |_| act()).await;
    let create = ItemWrite::Create {
        notify: ports::Notify::Nobody,
        fields: no_values(),
        stamp: stamp(1),
    };
    let answer = mailbox(&server)
        .write(Component::Contacts, &folder(), &[create])
        .await;
    match answer {
        Ok(mut answers) => failed(answers.remove(0)),
        Err(failure) => (failure.kind, failure.problem.code),
    }
}

#[tokio::test]
async fn a_status_is_sorted_for_reads_and_writes() {
    use ErrorKind::{Denied, Malformed, Offline, OutcomeUnknown};
    for (status, reading, writing, code) in [
        (302, Malformed, Malformed, Code::NotExchange),
        (400, Malformed, Malformed, Code::NotExchange),
        (403, Denied, Denied, Code::EwsSwitchedOff),
        (404, Malformed, Malformed, Code::NothingAtAddress),
        (405, Malformed, Malformed, Code::NotExchange),
        (407, Offline, Offline, Code::ServerUnreachable),
        (440, Malformed, Malformed, Code::NotExchange),
        (451, Malformed, Malformed, Code::NothingAtAddress),
        (500, Offline, OutcomeUnknown, Code::ServerError),
        (502, Offline, OutcomeUnknown, Code::ServerError),
        (504, Offline, OutcomeUnknown, Code::ServerError),
    ] {
        let act = move || Act::Answer(status, Vec::new(), HTML.to_owned());
        assert_eq!(read(act).await, (reading, code), "{status}");
        assert_eq!(write(act).await, (writing, code), "{status}");
    }
}

#[tokio::test]
async fn a_page_for_a_browser_is_not_exchange() {
    for page in [HTML, "OK", "{}", "<Autodiscover/>"] {
        let answer = (ErrorKind::Malformed, Code::NotExchange);
        assert_eq!(read(move || Act::xml(page)).await, answer, "{page}");
    }
}

#[tokio::test]
async fn s1_an_answer_cut_short_leaves_a_write_unknown() {
    let whole = answers::answer(&[answers::contact("I1", "K1", "")]);
    let short = whole[..whole.len() / 2].to_owned();
    let act = move || Act::xml(short.clone());
    assert_eq!(
        read(act.clone()).await,
        (ErrorKind::Malformed, Code::AnswerMalformed)
    );
    assert_eq!(
        write(act).await,
        (ErrorKind::OutcomeUnknown, Code::AnswerMalformed)
    );
}

#[tokio::test]
async fn s1_a_cut_line_leaves_a_write_unknown_and_a_read_offline() {
    assert_eq!(
        read(|| Act::Cut).await,
        (ErrorKind::Offline, Code::ConnectionLost)
    );
    assert_eq!(
        write(|| Act::Cut).await,
        (ErrorKind::OutcomeUnknown, Code::ConnectionLost)
    );
}

#[tokio::test]
async fn s1_an_answer_without_messages_leaves_a_write_unknown() {
    let act = || Act::xml(answers::answer(&[]));
    assert_eq!(
        read(act).await,
        (ErrorKind::Malformed, Code::AnswerMalformed)
    );
    assert_eq!(
        write(act).await,
        (ErrorKind::OutcomeUnknown, Code::AnswerMalformed)
    );
}

#[tokio::test]
async fn faults_are_sorted_by_their_code() {
    use ErrorKind::{Bug, Denied, Gone, Offline, OutcomeUnknown, SignInNeeded, Stale};
    for (fault, reading, writing, code) in [
        ("ErrorSchemaValidation", Bug, Bug, Code::Bug),
        (
            "ErrorInternalServerError",
            Offline,
            OutcomeUnknown,
            Code::ServerError,
        ),
        (
            "ErrorTimeoutExpired",
            Offline,
            OutcomeUnknown,
            Code::ServerError,
        ),
        (
            "ErrorInvalidSyncStateData",
            Stale,
            Stale,
            Code::AnswerMalformed,
        ),
        ("ErrorSyncFolderNotFound", Gone, Gone, Code::FolderMissing),
        ("ErrorAccessDenied", Denied, Denied, Code::PermissionMissing),
        (
            "ErrorNonExistentMailbox",
            Denied,
            Denied,
            Code::MailboxNotFound,
        ),
        (
            "ErrorPasswordExpired",
            SignInNeeded,
            SignInNeeded,
            Code::PasswordExpired,
        ),
    ] {
        let act = || Act::fault(answers::fault(fault, None));
        assert_eq!(read(act).await, (reading.clone(), code), "{fault}");
        assert_eq!(write(act).await, (writing, code), "{fault}");
        // The same code may come in the message instead.
        let act = || Act::xml(answers::answer(&[answers::error(fault)]));
        assert_eq!(read(act).await, (reading, code), "{fault}");
    }
}

#[tokio::test]
async fn an_older_server_is_asked_in_its_own_words() {
    let server = Server::start(|asked| {
        if asked.body.contains("Version=\"Exchange2013_SP1\"") {
            return Act::fault(answers::fault("ErrorInvalidServerVersion", None));
        }
        Act::xml(answers::answer(&[answers::contact("I1", "K1", "")]))
    })
    .await;
    let mailbox = mailbox(&server);
    for _ in 0..2 {
        let read = mailbox.read(Component::Contacts, &crate::item_ids(1)).await;
        assert_eq!(read.expect("answered").len(), 1);
    }
    assert_eq!(mailbox.requests(), 3, "what was learned is kept");
}

#[tokio::test]
async fn a_server_that_knows_no_version_is_not_asked_for_ever() {
    let server =
        Server::start(|_| Act::fault(answers::fault("ErrorInvalidServerVersion", None))).await;
    let answer = mailbox(&server).sign_in().await;
    assert_eq!(failed(answer).0, ErrorKind::Refused { field: None });
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn requests_say_whose_mailbox_they_are_for_and_keep_cookies() {
    let server = Server::start(|_| {
        Act::xml(answers::answer(&[answers::contact("I1", "K1", "")]))
            .with("Set-Cookie", "X-BackEndCookie=abc; path=/; HttpOnly")
    })
    .await;
    let mailbox = mailbox(&server);
    for _ in 0..2 {
        mailbox
            .read(Component::Contacts, &crate::item_ids(1))
            .await
            .expect("answered");
    }
    let asked = server.asked();
    assert_eq!(asked[0].header("x-anchormailbox"), "anna@firma.example");
    assert_eq!(asked[0].header("content-type"), "text/xml; charset=utf-8");
    assert_eq!(asked[0].header("return-client-request-id"), "true");
    assert!(
        asked[0]
            .header("user-agent")
            .starts_with("ExchangeConnector/")
    );
    assert_ne!(
        asked[0].header("client-request-id"),
        asked[1].header("client-request-id")
    );
    assert_eq!(asked[0].header("cookie"), "");
    assert_eq!(asked[1].header("cookie"), "X-BackEndCookie=abc");
}
