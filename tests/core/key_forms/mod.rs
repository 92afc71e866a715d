//! Key files that other programs write: every form by every kind of key.

mod plain;
mod unusual;
