//! Builds the npm package of Leadkit into `pkg/`.

fn main() {}
