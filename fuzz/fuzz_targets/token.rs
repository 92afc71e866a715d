//! Any bytes as text with tokens: found, taken apart, verified and judged.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tokenloupe_fuzz::token(bytes));
