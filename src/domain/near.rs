//! The name that was probably meant.

/// `; did you mean …?` when one of `known` is near `given`, else nothing.
#[must_use]
pub fn did_you_mean<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let lower = given.to_lowercase();
    let near = known
        .into_iter()
        .filter(|k| *k != given)
        .map(|k| (strsim::damerau_levenshtein(&lower, &k.to_lowercase()), k))
        .filter(|(distance, k)| *distance <= (k.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance);
    near.map_or_else(String::new, |(_, k)| format!("; did you mean `{k}`?"))
}
