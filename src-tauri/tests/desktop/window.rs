//! The window under WebDriver. The driver starts the program itself, and only a program that opens a window at once
//! can be driven, hence `--open`.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::json;

use crate::process::Running;
use crate::session::{ASK_AGAIN, NEVER, Session};

/// How long something has to stand still before a person clicks it.
const A_GLANCE: Duration = Duration::from_millis(60);

/// The opened window.
pub(crate) struct Window {
    client: Client,
    _driver: Running,
}

impl Window {
    /// Starts the program with its window open.
    pub(crate) async fn open(session: &Session, arguments: &[&str]) -> Self {
        Self::open_with(session, arguments, &[]).await
    }

    /// The same with more environment variables.
    pub(crate) async fn open_with(
        session: &Session,
        arguments: &[&str],
        variables: &[(&'static str, String)],
    ) -> Self {
        let port = free_port();
        let driver = Running::start(
            session
                .command("WebKitWebDriver")
                .args([format!("--port={port}"), "--host=127.0.0.1".to_owned()])
                .env("TAURI_WEBVIEW_AUTOMATION", "true")
                .envs(variables.iter().cloned()),
        );
        let arguments = session.app_arguments(&[&["--open"], arguments].concat());
        let options = json!({
            "binary": env!("CARGO_BIN_EXE_exchange-connector"),
            "args": arguments,
        });
        let capabilities: Capabilities = [("webkitgtk:browserOptions".to_owned(), options)]
            .into_iter()
            .collect();
        let address = format!("http://127.0.0.1:{port}");
        let connect = async {
            // The driver says nothing when it is ready: it is asked until it answers.
            while tokio::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                .await
                .is_err()
            {
                tokio::time::sleep(ASK_AGAIN).await;
            }
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities)
                .connect(&address)
                .await
                .expect("the program opens its window")
        };
        let client = tokio::time::timeout(NEVER, connect)
            .await
            .expect("the driver starts");
        Self {
            client,
            _driver: driver,
        }
    }

    /// Waits for the element and returns its text.
    pub(crate) async fn text(&self, selector: &str) -> String {
        self.element(selector)
            .await
            .text()
            .await
            .expect("the element is still there")
    }

    /// Waits until the page contains the text.
    pub(crate) async fn says(&self, text: &str) {
        let wait = async {
            loop {
                let page = self.text("body").await;
                if page.contains(text) {
                    return;
                }
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        if tokio::time::timeout(NEVER, wait).await.is_err() {
            panic!("“{text}” is not in: {}", self.text("body").await);
        }
    }

    /// Waits until the last of these tabs contains the text, and opens them anew until it does.
    pub(crate) async fn says_once_opened_again(&self, text: &str, tabs: [&str; 2]) {
        let wait = async {
            while !self.text("body").await.contains(text) {
                for tab in tabs {
                    self.tab(tab).await;
                }
                tokio::time::sleep(A_GLANCE).await;
            }
        };
        if tokio::time::timeout(NEVER, wait).await.is_err() {
            panic!("“{text}” is not in: {}", self.text("body").await);
        }
    }

    /// Clicks the button with this text, once it can be clicked.
    pub(crate) async fn click(&self, text: &str) {
        let path = format!("//button[normalize-space()='{text}' and not(@disabled)]");
        let wait = self.client.wait().at_most(NEVER);
        let Ok(button) = wait.for_element(Locator::XPath(&path)).await else {
            panic!("no button “{text}” in: {}", self.text("body").await);
        };
        self.click_on(&button).await;
    }

    /// Types into the field with this label, in the place of what is there.
    pub(crate) async fn fill(&self, label: &str, text: &str) {
        let path = format!("//*[@id=//label[normalize-space()='{label}']/@for]");
        let field = self
            .client
            .wait()
            .at_most(NEVER)
            .for_element(Locator::XPath(&path))
            .await
            .expect("the field is there");
        field.clear().await.expect("the field takes text");
        field.send_keys(text).await.expect("the field takes text");
    }

    /// Chooses in the list with this label.
    pub(crate) async fn choose(&self, label: &str, choice: &str) {
        let path = format!("//select[@id=//label[normalize-space()='{label}']/@for]");
        let wait = self.client.wait().at_most(NEVER);
        let list = wait.for_element(Locator::XPath(&path)).await;
        let list = list.expect("the list is there");
        list.select_by_label(choice)
            .await
            .expect("the choice is there");
    }

    /// Where the element is on the page: left, top, width, height.
    pub(crate) async fn place_of(&self, selector: &str) -> (f64, f64, f64, f64) {
        let element = self.element(selector).await;
        element.rectangle().await.expect("the element is drawn")
    }

    /// Chooses a tab by the beginning of its text.
    pub(crate) async fn tab(&self, text: &str) {
        let path = format!("//*[@role='tab' and starts-with(normalize-space(), '{text}')]");
        let wait = self.client.wait().at_most(NEVER);
        let tab = wait.for_element(Locator::XPath(&path)).await;
        self.click_on(&tab.expect("the tab is there")).await;
    }

    /// Types into the search field of the activity, in the place of what is there.
    pub(crate) async fn search(&self, text: &str) {
        let field = self.element("[role=search] input").await;
        field.clear().await.expect("the field takes text");
        field.send_keys(text).await.expect("the field takes text");
    }

    /// Opens the newest entry of the activity.
    pub(crate) async fn open_first_entry(&self) {
        let row = self.element("[role=tabpanel] button.row").await;
        self.click_on(&row).await;
    }

    /// Runs a script in the page that calls its last argument with its result.
    pub(crate) async fn ask(&self, script: &str) -> serde_json::Value {
        self.client
            .execute_async(script, Vec::new())
            .await
            .expect("the script runs")
    }

    /// Presses a key together with Ctrl.
    pub(crate) async fn press_with_ctrl(&self, key: char) {
        let keys = format!("{}{key}{}", char::from(Key::Control), char::from(Key::Null));
        let body = self.element("body").await;
        body.send_keys(&keys).await.expect("the page takes keys");
    }

    /// How wide the page is, in its own pixels: fewer, the larger its letters are.
    pub(crate) async fn width(&self) -> u64 {
        let width = self.ask("arguments[0](window.innerWidth);").await;
        width.as_u64().expect("a number")
    }

    /// Waits until it is so wide.
    pub(crate) async fn is_as_wide_as(&self, width: u64) {
        let wait = async {
            while self.width().await != width {
                tokio::time::sleep(ASK_AGAIN).await;
            }
        };
        if tokio::time::timeout(NEVER, wait).await.is_err() {
            panic!("the page is {} wide, not {width}", self.width().await);
        }
    }

    /// What axe says of the page as it is now: the rules of WCAG it breaks, and where.
    pub(crate) async fn barriers(&self) -> String {
        let axe = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/ui/node_modules/axe-core/axe.min.js"
        );
        let axe = std::fs::read_to_string(axe).expect("the user interface's packages are there");
        let script = format!(
            "{axe};
             const done = arguments[arguments.length - 1];
             const told = (found) => found.map((one) => one.id + ': ' + one.nodes.map((node) => node.html + ' ' + node.failureSummary)).join('\\n');
             window.axe.run(document).then((report) => done(told(report.violations)), (error) => done(String(error)));"
        );
        let barriers = self.ask(&script).await;
        barriers.as_str().expect("a text").to_owned()
    }

    /// Ends the program, and waits until it has.
    pub(crate) async fn close(self, session: &Session) {
        let closed = self.client.close().await;
        closed.expect("the driver ends the program");
        drop(self._driver);
        session.program_is_gone().await;
    }

    /// Clicks where the element is, once it no longer moves: what a run changes above it pushes it down.
    async fn click_on(&self, element: &Element) {
        let steady = async {
            let mut before = None;
            loop {
                let now = element.rectangle().await.ok();
                if now.is_some() && now == before {
                    return;
                }
                before = now;
                tokio::time::sleep(A_GLANCE).await;
            }
        };
        let waited = tokio::time::timeout(NEVER, steady).await;
        waited.expect("the element stays where it is");
        element.click().await.expect("the element can be clicked");
    }

    async fn element(&self, selector: &str) -> Element {
        self.client
            .wait()
            .at_most(NEVER)
            .for_element(Locator::Css(selector))
            .await
            .expect("the element is there")
    }
}

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .expect("a port is free")
        .port()
}
