//! Half-lives in whole numbers.

use crate::time::Millis;

/// One, as a fixed-point number with 32 bits behind the point.
pub(super) const ONE: i64 = 1 << 32;

/// `2^(-1/2)`, `2^(-1/4)`, `2^(-1/8)` and so on in the unit of [`ONE`].
const ROOTS: [u64; 16] = [
    3_037_000_500,
    3_611_622_603,
    3_938_502_376,
    4_112_874_773,
    4_202_935_003,
    4_248_701_965,
    4_271_771_996,
    4_283_353_945,
    4_289_156_690,
    4_292_061_010,
    4_293_513_907,
    4_294_240_540,
    4_294_603_903,
    4_294_785_595,
    4_294_876_445,
    4_294_921_870,
];

/// What is left of [`ONE`] after `age`, to about one part in 65,536 of a half-life.
pub(super) fn left(age: Millis, half_life: Millis) -> i64 {
    let Some(halvings) = age.0.checked_div(half_life.0) else { return ONE };
    let Some(whole) = u32::try_from(halvings).ok().filter(|halvings| *halvings < 32) else {
        return 0;
    };
    let rest = u128::from(age.0 % half_life.0) << ROOTS.len();
    let fraction = rest / u128::from(half_life.0);
    let mut value = 1_u64 << 32;
    for (place, root) in ROOTS.iter().rev().enumerate() {
        if fraction >> place & 1 == 1 {
            value = (value * root) >> 32;
        }
    }
    i64::try_from(value >> whole).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_is_left_after_one_half_life() {
        let day = Millis(86_400_000);
        assert_eq!(left(Millis(0), day), ONE);
        assert_eq!(left(day, day), ONE / 2);
        assert_eq!(left(Millis(day.0 * 3), day), ONE / 8);
        assert_eq!(left(Millis(day.0 * 32), day), 0);
        assert_eq!(left(Millis(u64::MAX), Millis(1)), 0);
        assert_eq!(left(Millis(5), Millis(0)), ONE);
        assert_eq!(left(Millis(u64::MAX - 1), Millis(u64::MAX)), ONE / 2 + 22_708);
    }

    #[test]
    fn what_is_left_follows_the_curve_and_never_grows() {
        let mut last = ONE;
        for step in 0..2_000_u32 {
            let value = left(Millis(u64::from(step)), Millis(500));
            assert!(value <= last);
            let expected = 0.5_f64.powf(f64::from(step) / 500.0) * 4_294_967_296.0;
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            let off = (value as f64 - expected).abs();
            assert!(off <= 50_000.0, "{step}: {value} for {expected}");
            last = value;
        }
    }
}
