//! Whole-product scenarios against the sandbox.
