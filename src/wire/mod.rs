//! Bytes on the network and in the configuration: JSON, envelopes, answers and signatures.

pub mod answer;
pub mod csv;
pub mod envelope;
pub mod json;
pub mod lines;
pub mod openmetrics;
pub mod signature;
pub mod step;
pub mod urlencoded;
