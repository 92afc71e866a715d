//! Everything that needs no window.
//!
//! Each module carries `#[cfg(test)]`, so that its helpers count as test code for clippy.

#[cfg(test)]
mod house;
#[cfg(test)]
mod samples;
