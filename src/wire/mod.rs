//! Bytes on the network and in the configuration: JSON, envelopes, answers and signatures.

pub mod json;
