//! Creating and changing items.
