//! exco, the command line.
