//! Tests of the rooms that need no window.

#[cfg(test)]
mod keys;
