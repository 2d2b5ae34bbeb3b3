//! The running app without a window.
