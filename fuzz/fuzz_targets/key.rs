//! Any bytes as a key file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenloupe_fuzz::key(bytes));
