//! Many durations as a few numbers.

use std::time::Duration;

/// Durations, to be asked for their percentiles.
#[derive(Default)]
pub(crate) struct Spread(Vec<Duration>);

impl Spread {
    /// The duration that so many of a hundred do not exceed; zero of none.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let index = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
        sorted.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn most(&self) -> Duration {
        self.0.iter().max().copied().unwrap_or_default()
    }

    /// By how much each exceeds this; zero where it does not.
    pub(crate) fn beyond(&self, limit: Duration) -> Spread {
        self.0.iter().map(|duration| duration.saturating_sub(limit)).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

impl FromIterator<Duration> for Spread {
    fn from_iter<T: IntoIterator<Item = Duration>>(durations: T) -> Spread {
        Spread(durations.into_iter().collect())
    }
}

/// As milliseconds with two digits behind the point.
pub(crate) fn ms(duration: Duration) -> String {
    let hundredths = duration.as_micros() / 10;
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// As a number in JSON.
pub(crate) fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_list() {
        let spread: Spread = (1..=200).rev().map(Duration::from_millis).collect();
        for (percent, expected_ms) in [(50, 100), (95, 190), (99, 198), (100, 200)] {
            assert_eq!(spread.percentile(percent), Duration::from_millis(expected_ms));
        }
        let beyond = spread.beyond(Duration::from_millis(190));
        assert_eq!(beyond.percentile(50), Duration::ZERO);
        assert_eq!(beyond.percentile(99), Duration::from_millis(8));
        assert_eq!(Spread::default().percentile(99), Duration::ZERO);
        assert_eq!(ms(Duration::from_micros(12_345)), "12.34");
    }
}
