//! Everything that needs no window.
//!
//! Each module carries `#[cfg(test)]`, so that its helpers count as test code for clippy.

#[cfg(test)]
mod arrive;
#[cfg(test)]
mod beside;
#[cfg(test)]
mod certificates;
#[cfg(test)]
mod chains;
#[cfg(test)]
mod checks;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod common;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod damaged;
#[cfg(test)]
mod decrypt;
#[cfg(test)]
mod explain;
#[cfg(feature = "fetch")]
#[cfg(test)]
mod fetch;
#[cfg(test)]
mod find;
#[cfg(test)]
mod fits;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod house;
#[cfg(test)]
mod instant;
#[cfg(test)]
mod interop;
#[cfg(test)]
mod json;
#[cfg(test)]
mod judging;
#[cfg(test)]
mod keeping;
#[cfg(test)]
mod key_audit;
#[cfg(test)]
mod key_forms;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod long;
#[cfg(test)]
mod mathematics;
#[cfg(test)]
mod ml_dsa;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod place_times;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod readme;
#[cfg(test)]
mod records;
#[cfg(test)]
mod registry;
#[cfg(test)]
mod report;
#[cfg(test)]
mod rfc;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod sd_jwt;
#[cfg(test)]
mod stream;
#[cfg(test)]
mod times;
#[cfg(test)]
mod together;
#[cfg(test)]
mod watched;
#[cfg(test)]
mod way;
#[cfg(test)]
mod wordlist;
#[cfg(test)]
mod wycheproof;
