//! Four messages side by side in the 128-bit registers of WebAssembly; only in builds with `simd128`.

use core::arch::wasm32::{
    i32x4_shl, u32x4, u32x4_add, u32x4_eq, u32x4_shr, u32x4_splat, v128, v128_and, v128_any_true,
    v128_or, v128_xor,
};

use super::sha256::Word;

impl Word for v128 {
    const LANES: u32 = 4;

    #[inline]
    fn splat(value: u32) -> Self {
        u32x4_splat(value)
    }

    #[inline]
    fn each(value: impl Fn(u32) -> u32) -> Self {
        u32x4(value(0), value(1), value(2), value(3))
    }

    #[inline]
    fn plus(self, other: Self) -> Self {
        u32x4_add(self, other)
    }

    #[inline]
    fn and(self, other: Self) -> Self {
        v128_and(self, other)
    }

    #[inline]
    fn xor(self, other: Self) -> Self {
        v128_xor(self, other)
    }

    #[inline]
    fn shift<const BITS: u32>(self) -> Self {
        u32x4_shr(self, BITS)
    }

    #[inline]
    fn rotate<const BITS: u32>(self) -> Self {
        v128_or(u32x4_shr(self, BITS), i32x4_shl(self, 32 - BITS))
    }

    #[inline]
    fn any(self, mask: u32, bits: u32) -> bool {
        v128_any_true(u32x4_eq(v128_and(self, u32x4_splat(mask)), u32x4_splat(bits)))
    }
}
