//! Any bytes as text with tokens, cut into pieces.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenloupe_fuzz::cuts(bytes));
