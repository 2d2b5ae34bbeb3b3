//! Our NTLM before an acceptor that is neither ours nor of the library we use: the founders' gate (pyspnego) in front of the
//! sandbox. `EXCO_PROBE_PYTHON` names a Python that has pyspnego; where it or the gate is absent the test says so and proves nothing.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use mailbox_ews::{EwsMailbox, EwsOptions, SignInMethod};
use model::policy::FolderChoice;
use model::{AccountName, Code, Component, Secret};
use ports::{ErrorKind, FolderPlace, Mailbox};
use sandbox::Running;
use sandbox::options::{Mode, Options};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};
use transport::Address;

const PASSWORD: &str = "Geheim!ß 1";

/// The running gate; its process ends when this is dropped.
struct Gate {
    url: String,
    _process: Child,
}

fn find() -> Option<(PathBuf, PathBuf)> {
    let gate =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/ews-probe/ntlm_gate.py");
    if !gate.exists() {
        eprintln!("skipped: there is no ../shared/ews-probe beside the project");
        return None;
    }
    let Some(python) = std::env::var_os("EXCO_PROBE_PYTHON") else {
        eprintln!("skipped: EXCO_PROBE_PYTHON names no Python with pyspnego");
        return None;
    };
    Some((python.into(), gate))
}

impl Gate {
    async fn start(sandbox: &Running, account: &str) -> Option<Self> {
        let (python, gate) = find()?;
        let user = &sandbox.users[0];
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        drop(listener);
        let process = Command::new(python)
            .arg(gate)
            .args(["--listen", &address.to_string()])
            .args([
                "--upstream",
                sandbox.exchange_url.trim_end_matches("/EWS/Exchange.asmx"),
            ])
            .args(["--account", account, "--password", PASSWORD])
            .args(["--basic", &format!("{}:{}", user.email, user.password)])
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the Python that was named runs");
        let url = format!("http://{address}/EWS/Exchange.asmx");
        let mut gate = Self {
            url,
            _process: process,
        };
        // It tells nobody when it is ready; a minute is for a machine that is busy, not a time that is measured.
        for _ in 0..600 {
            if TcpStream::connect(address).await.is_ok() {
                return Some(gate);
            }
            let ended = gate._process.try_wait().expect("our own child");
            assert!(ended.is_none(), "the gate ended: {ended:?}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the gate does not listen");
    }

    fn mailbox(&self, user: &str, password: &str, method: SignInMethod) -> EwsMailbox {
        let address = Address::parse(&self.url).expect("a loopback address");
        EwsMailbox::new(EwsOptions {
            method,
            ..EwsOptions::new(address, AccountName::new(user), Secret::new(password))
        })
    }
}

async fn sandbox() -> Running {
    // Gromox offers Basic only, so that the gate's own sign-in cannot be mistaken for ours.
    let options = Options {
        mode: Mode::Gromox,
        ..Options::default()
    };
    sandbox::start(options).await.expect("free ports")
}

#[tokio::test]
async fn ntlm_convinces_an_acceptor_of_somebody_else() {
    let sandbox = sandbox().await;
    let Some(gate) = Gate::start(&sandbox, "FIRMA\\anna").await else {
        return;
    };
    for method in [SignInMethod::Auto, SignInMethod::Ntlm] {
        let mailbox = gate.mailbox("FIRMA\\anna", PASSWORD, method);
        let place = FolderPlace {
            component: Component::Contacts,
            choice: FolderChoice::CrmSync,
        };
        mailbox.sign_in().await.expect("signed in");
        let folder = mailbox.ensure_folder(place).await.expect("made");
        for _ in 0..20 {
            mailbox
                .changes(Component::Contacts, &folder, None)
                .await
                .expect("a page");
        }
    }
}

#[tokio::test]
async fn r7_5_ntlm_with_a_wrong_password_or_user_is_refused_and_said_so() {
    let sandbox = sandbox().await;
    let Some(gate) = Gate::start(&sandbox, "FIRMA\\anna").await else {
        return;
    };
    for (user, password) in [("FIRMA\\anna", "wrong"), ("FIRMA\\nobody", PASSWORD)] {
        let mailbox = gate.mailbox(user, password, SignInMethod::Auto);
        let failure = mailbox.sign_in().await.expect_err("refused");
        assert_eq!(failure.kind, ErrorKind::SignInNeeded);
        assert_eq!(failure.problem.code, Code::WrongPassword);
    }
    assert_eq!(
        sandbox.exchange.journal().all_requests(),
        0,
        "nothing came through the gate"
    );
}
