//! Key files that other programs write: every form by every kind of key.

mod changed;
mod jwe;
mod limits;
mod locked;
mod make;
mod plain;
mod program;
mod stores;
mod unusual;
