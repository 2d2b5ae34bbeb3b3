//! The system's browser, behind a trait: tests have one that walks through the pages by itself.

use std::io;

/// Shows a page to the user.
pub trait Browser: Send + Sync {
    /// Opens the address. It may wait until the browser was started, so it is called where waiting is allowed.
    fn open(&self, address: &str) -> io::Result<()>;
}

/// The user's own browser.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, address: &str) -> io::Result<()> {
        webbrowser::open(address)
    }
}
