//! Text that several hold and nobody changes, as a plain string.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serializer};

pub(in crate::domain) fn serialize<S: Serializer>(text: &Arc<str>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(text)
}

pub(in crate::domain) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(from).map(Arc::from)
}
