//! Plans as charts: bars in time for a terminal, and text for programs that draw.

mod dot;
mod gantt;
mod mermaid;
#[cfg(test)]
mod tests;

pub use self::dot::dot;
pub use self::gantt::{Ink, gantt, weeks};
pub use self::mermaid::mermaid;
