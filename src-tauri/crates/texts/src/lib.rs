//! The sentences of tray and command line, German and English, from ui/src/i18n.
