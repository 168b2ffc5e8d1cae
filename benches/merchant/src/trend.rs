//! Whether memory grows: samples over time, and the straight line that fits them best.

/// Memory at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    pub(crate) at_s: u64,
    pub(crate) kib: u64,
}

/// What the samples of a soak say.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// After the first fifth, in which caches and pools fill.
    pub(crate) warm_kib: u64,
    pub(crate) last_kib: u64,
    /// By least squares over the samples after the first fifth.
    pub(crate) kib_per_hour: i64,
}

/// `None` for fewer than three samples.
pub(crate) fn judge(samples: &[Sample]) -> Option<Verdict> {
    let warm = samples.get(samples.len() / 5..)?;
    let (first, last) = (warm.first()?, warm.last()?);
    let kib_per_hour = slope_per_hour(warm)?;
    (samples.len() > 2).then_some(Verdict { warm_kib: first.kib, last_kib: last.kib, kib_per_hour })
}

/// (n Σxy − Σx Σy) / (n Σx² − (Σx)²), with x in seconds, for an hour.
fn slope_per_hour(samples: &[Sample]) -> Option<i64> {
    let count = i128::try_from(samples.len()).ok()?;
    let sum = |of: fn(i128, i128) -> i128| -> i128 {
        samples.iter().map(|sample| of(sample.at_s.into(), sample.kib.into())).sum()
    };
    let (x, y) = (sum(|x, _| x), sum(|_, y| y));
    let (xy, xx) = (sum(|x, y| x * y), sum(|x, _| x * x));
    let slope = ((count * xy - x * y) * 3_600).checked_div(count * xx - x * x)?;
    i64::try_from(slope).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(kib: impl Fn(u64) -> u64) -> Vec<Sample> {
        (0..180).map(|n| Sample { at_s: n * 10, kib: kib(n) }).collect()
    }

    #[test]
    fn growth_is_found_after_the_first_fifth() {
        // 1 KiB each 10 seconds; before, a jump that does not count.
        let verdict = judge(&line(|n| if n < 36 { 100 } else { 50_000 + n })).unwrap();
        assert_eq!(verdict.kib_per_hour, 360);
        assert_eq!((verdict.warm_kib, verdict.last_kib), (50_036, 50_179));
    }

    #[test]
    fn a_flat_line_has_no_slope() {
        assert_eq!(judge(&line(|_| 40_000)).unwrap().kib_per_hour, 0);
        assert_eq!(judge(&line(|n| 40_000 - n)).unwrap().kib_per_hour, -360);
    }

    #[test]
    fn too_few_samples_say_nothing() {
        assert_eq!(judge(&line(|_| 1)[..2]), None);
        assert_eq!(judge(&[]), None);
    }
}
