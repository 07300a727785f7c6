//! Tells people from machines without asking anybody else.

pub mod pow;
