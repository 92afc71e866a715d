//! The window without a screen: driven by accessible names, as a screen reader sees it.
//!
//! Each module carries `#[cfg(test)]`, so that its helpers count as test code for clippy.

#[cfg(test)]
mod accessible;
#[cfg(test)]
mod actions;
#[cfg(test)]
#[path = "../core/certificates.rs"]
#[expect(dead_code, reason = "the other program of tests makes more of them")]
mod certificates;
#[cfg(test)]
mod clock;
#[cfg(test)]
mod desk;
#[cfg(feature = "fetch")]
#[cfg(test)]
mod fetch;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod manager;
#[cfg(test)]
mod panes;
#[cfg(test)]
mod peers;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod places;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod rail;
#[cfg(test)]
mod report;
#[cfg(test)]
mod samples;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod table;
#[cfg(test)]
mod timeline;
#[cfg(test)]
mod together;
#[cfg(test)]
mod whole;
#[cfg(test)]
mod words;
