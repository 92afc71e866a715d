//! stub
/// stub
pub struct Algorithm;
/// stub
pub enum Family {}
/// stub
pub enum Hash {}
