//! Change points: where a figure leaves what was usual before.

/// The most calm figures that say what is usual.
const CALM_MOST: usize = 60;
/// So many figures in a row make a change, and so many calm ones end it.
const ROW: usize = 2;

/// A figure of a series.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Point {
    /// The begin of its period, in milliseconds since 1970.
    pub at: i64,
    pub value: f64,
    /// Its number in the file.
    pub index: usize,
}

/// What is unusual.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// So many times what is usual; below 1 it is a fall that is looked for.
    pub ratio: f64,
    /// At least so far from what is usual, in the unit of the figures.
    pub floor: f64,
    /// So many figures have to be there before, to know what is usual.
    pub calm: usize,
}

impl Rule {
    fn breaks(&self, usual: f64, value: f64) -> bool {
        if self.ratio < 1.0 {
            value < usual * self.ratio && usual - value >= self.floor
        } else {
            value > usual * self.ratio && value - usual >= self.floor
        }
    }

    fn worse(&self, a: f64, b: f64) -> f64 {
        if self.ratio < 1.0 { a.min(b) } else { a.max(b) }
    }
}

/// A stretch of unusual figures.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Stretch {
    /// The first of them.
    pub first: Point,
    /// When the first calm period after it began, if there is one.
    pub until: Option<i64>,
    /// What was usual.
    pub before: f64,
    /// The worst of them.
    pub after: f64,
}

/// The stretches of a series that is sorted by time.
pub(super) fn stretches(points: &[Point], rule: Rule) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    let mut calm: Vec<f64> = Vec::new();
    let mut open: Option<Stretch> = None;
    // Figures in a row that speak against the state we are in.
    let mut row: Vec<Point> = Vec::new();
    for point in points {
        if calm.len() < rule.calm {
            calm.push(point.value);
            continue;
        }
        let usual = open.map_or_else(|| median(&calm), |o| o.before);
        let breaks = rule.breaks(usual, point.value);
        if breaks == open.is_some() {
            if let Some(o) = &mut open {
                o.after = rule.worse(o.after, point.value);
            }
            // One figure out of the row was noise.
            calm.extend(row.drain(..).filter(|_| open.is_none()).map(|p| p.value));
            if open.is_none() {
                calm.push(point.value);
            }
            let old = calm.len().saturating_sub(CALM_MOST);
            calm.drain(..old);
            continue;
        }
        row.push(*point);
        if row.len() < ROW {
            continue;
        }
        let first = row.first().copied().unwrap_or(*point);
        open = if let Some(mut o) = open {
            o.until = Some(first.at);
            found.push(o);
            None
        } else {
            let after = row.iter().map(|p| p.value).fold(first.value, |a, b| rule.worse(a, b));
            Some(Stretch { first, until: None, before: usual, after })
        };
        row.clear();
    }
    found.extend(open);
    found
}

/// Seconds between figures: the least distance of two; `None` for fewer than two.
pub(super) fn period(points: &[Point]) -> Option<u32> {
    let gaps = points.windows(2).filter_map(|w| Some(w.get(1)?.at - w.first()?.at)).filter(|gap| *gap > 0);
    gaps.min().and_then(|ms| u32::try_from(ms / 1000).ok())
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(values: &[f64]) -> Vec<Point> {
        let point = |(index, value): (usize, &f64)| Point { at: index as i64 * 60_000, value: *value, index };
        values.iter().enumerate().map(point).collect()
    }

    const RISE: Rule = Rule { ratio: 1.5, floor: 10.0, calm: 3 };

    #[test]
    fn a_rise_is_found_where_it_begins_and_ends() {
        let found = stretches(&points(&[50.0, 52.0, 49.0, 51.0, 90.0, 120.0, 110.0, 50.0, 51.0]), RISE);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first.index, found[0].until), (4, Some(7 * 60_000)));
        assert_eq!((found[0].before, found[0].after), (51.0, 120.0));
    }

    #[test]
    fn noise_small_numbers_and_single_peaks_are_none() {
        for calm in [
            vec![50.0, 60.0, 55.0, 70.0, 72.0, 58.0],
            vec![50.0, 50.0, 50.0, 200.0, 50.0, 50.0, 200.0, 50.0],
            vec![1.0, 1.0, 1.0, 9.0, 9.0, 9.0],
            vec![50.0, 200.0],
            vec![],
        ] {
            assert_eq!(stretches(&points(&calm), RISE), [], "{calm:?}");
        }
    }

    #[test]
    fn a_fall_is_found_and_what_goes_on_has_no_end() {
        let rule = Rule { ratio: 0.4, floor: 0.0, calm: 3 };
        let found = stretches(&points(&[80.0, 80.0, 80.0, 70.0, 20.0, 10.0, 15.0]), rule);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].first.index, found[0].until, found[0].after), (4, None, 10.0));
        assert_eq!(period(&points(&[1.0, 2.0])), Some(60));
        assert_eq!(period(&points(&[1.0])), None);
    }

    #[test]
    fn a_slow_rise_is_not_taken_for_the_usual() {
        let slow: Vec<f64> =
            (0..20).map(|i| if i < 7 { 60.0 } else { 60.0 + 10.0 * f64::from(i - 6) }).collect();
        assert_eq!(stretches(&points(&slow), RISE)[0].first.index, 10);
    }
}
