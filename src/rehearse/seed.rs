//! Chance that comes out the same every time: a hash of what is known, then a small generator.

/// Repeatable dice.
pub(super) struct Dice(u64);

impl Dice {
    /// Dice that depend on `seed` and every one of `parts`, and on nothing else.
    pub(super) fn new(seed: u64, parts: &[&str]) -> Self {
        // FNV-1a; the byte 0xff, which no text holds, keeps ("ab", "c") apart from ("a", "bc").
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let ends = parts.iter().flat_map(|p| p.bytes().chain([0xff]));
        for byte in seed.to_le_bytes().into_iter().chain(ends) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self(hash)
    }

    /// A number from `low` to `high`, both included; `low` when the range is empty.
    pub(super) fn between(&mut self, low: usize, high: usize) -> usize {
        let span = high.saturating_sub(low) as u64 + 1;
        low + usize::try_from(self.next() % span).unwrap_or(0)
    }

    fn next(&mut self) -> u64 {
        // splitmix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
