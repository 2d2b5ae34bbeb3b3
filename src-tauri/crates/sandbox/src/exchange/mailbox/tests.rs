//! The feed, change keys and moves, without any XML.
