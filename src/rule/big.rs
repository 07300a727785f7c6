//! Non-negative whole numbers of any length: only what exact decimal conversion needs, no division.

use alloc::{vec, vec::Vec};
use core::cmp::Ordering;

/// Limbs of 32 bits, the least significant first, without zeros at the top.
#[derive(Clone, Debug)]
pub(super) struct Big(Vec<u32>);

impl Big {
    pub(super) fn new(value: u64) -> Self {
        let mut big = Self(vec![low(value), low(value >> 32)]);
        big.trim();
        big
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }

    /// Multiplies and then adds.
    pub(super) fn times_plus(&mut self, factor: u32, addend: u32) {
        let mut carry = u64::from(addend);
        for limb in &mut self.0 {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = low(carry);
            carry >>= 32;
        }
        if carry > 0 {
            self.0.push(low(carry));
        }
    }

    pub(super) fn times_power_of_ten(&mut self, exponent: u32) {
        for _ in 0..exponent {
            self.times_plus(10, 0);
        }
    }

    pub(super) fn shift_left(&mut self, mut bits: u32) {
        while bits > 0 {
            let step = bits.min(31);
            self.times_plus(1 << step, 0);
            bits -= step;
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        let mut sum = Self(Vec::new());
        let mut carry = 0;
        for index in 0..=self.0.len().max(other.0.len()) {
            carry += u64::from(self.limb(index)) + u64::from(other.limb(index));
            sum.0.push(low(carry));
            carry >>= 32;
        }
        sum.trim();
        sum
    }

    /// Subtracts a number that is not larger.
    pub(super) fn minus(&mut self, other: &Self) {
        let mut borrow = false;
        for (index, limb) in self.0.iter_mut().enumerate() {
            let (rest, first) = limb.overflowing_sub(other.limb(index));
            let (rest, second) = rest.overflowing_sub(u32::from(borrow));
            *limb = rest;
            borrow = first || second;
        }
        self.trim();
    }

    fn limb(&self, index: usize) -> u32 {
        self.0.get(index).copied().unwrap_or(0)
    }

    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let length = self.0.len().cmp(&other.0.len());
        length.then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()))
    }
}

fn low(value: u64) -> u32 {
    u32::try_from(value & u64::from(u32::MAX)).unwrap_or(0)
}
