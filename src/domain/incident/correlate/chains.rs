//! Chains: back from each last effect along the surest links.

use std::cmp::Reverse;

use super::links::{Graph, Link};
use super::{CHAINS_MOST, rounded};

/// A way from a root cause to a last effect.
pub(super) struct Way {
    /// The events, causes first.
    pub events: Vec<usize>,
    /// The product of the confidences of its links.
    pub confidence: f64,
}

/// The longest ways, and how many more there are.
pub(super) fn ways(graph: &Graph) -> (Vec<Way>, usize) {
    let n = graph.into.len();
    // The length and the confidence of the surest way to each event: causes come before effects.
    let mut reach: Vec<(usize, f64, usize)> = (0..n).map(|i| (1, 1.0, i)).collect();
    for i in &graph.order {
        let Some(link) = surest(graph, *i) else { continue };
        let Some((length, confidence, root)) = reach.get(link.from).copied() else { continue };
        if let Some(own) = reach.get_mut(*i) {
            *own = (length + 1, confidence * link.confidence, root);
        }
    }
    let mut last: Vec<usize> = (0..n)
        .filter(|i| graph.out.get(*i).is_none_or(Vec::is_empty) && reach.get(*i).is_some_and(|r| r.0 > 1))
        .collect();
    let of = |i: usize| reach.get(i).copied().unwrap_or((0, 0.0, 0));
    last.sort_by(|a, b| {
        let ((x, p, from), (y, q, other)) = (of(*a), of(*b));
        Reverse(x).cmp(&Reverse(y)).then(q.total_cmp(&p)).then((from, a).cmp(&(other, b)))
    });
    let more = last.len().saturating_sub(CHAINS_MOST);
    let way = |i: &usize| {
        let (mut events, mut at) = (vec![*i], *i);
        while let Some(link) = surest(graph, at) {
            at = link.from;
            events.push(at);
        }
        events.reverse();
        Way { events, confidence: rounded(of(*i).1) }
    };
    (last.iter().take(CHAINS_MOST).map(way).collect(), more)
}

fn surest(graph: &Graph, i: usize) -> Option<&Link> {
    graph.into.get(i)?.iter().max_by(|a, b| {
        a.confidence.total_cmp(&b.confidence).then(b.lag.cmp(&a.lag)).then(b.from.cmp(&a.from))
    })
}
