//! Lists of a fixed size. The phone module of the browser has no use for a heap, and is smaller without one.

use alloc::string::String;

/// A list that never grows beyond its room: what does not fit is left out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Short<T, const ROOM: usize> {
    items: [T; ROOM],
    len: usize,
}

/// Digits or text in ASCII. Longer than every number, with all that may be written around it.
pub(crate) type Line = Short<u8, 192>;

impl<T: Copy + Default, const ROOM: usize> Short<T, ROOM> {
    pub fn new() -> Self {
        Self { items: [T::default(); ROOM], len: 0 }
    }

    pub fn push(&mut self, item: T) {
        if let Some(place) = self.items.get_mut(self.len) {
            *place = item;
            self.len += 1;
        }
    }

    pub fn extend(&mut self, items: &[T]) {
        for item in items {
            self.push(*item);
        }
    }

    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// A list of what begins at `at`.
    pub fn from(items: &[T], at: usize) -> Self {
        let mut out = Self::new();
        out.extend(items.get(at..).unwrap_or_default());
        out
    }

    pub fn as_slice(&self) -> &[T] {
        self.items.get(..self.len).unwrap_or_default()
    }

    pub fn as_mut_slice(&mut self) -> &mut [T] {
        self.items.get_mut(..self.len).unwrap_or_default()
    }
}

impl<T: Copy + Default + PartialEq, const ROOM: usize> PartialEq for Short<T, ROOM> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Copy + Default + Eq, const ROOM: usize> Eq for Short<T, ROOM> {}

impl<T: Copy + Default, const ROOM: usize> FromIterator<T> for Short<T, ROOM> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut out = Self::new();
        for item in items {
            out.push(item);
        }
        out
    }
}

impl Line {
    pub fn push_str(&mut self, text: &str) {
        self.extend(text.as_bytes());
    }

    pub fn into_string(self) -> String {
        String::from_utf8_lossy(self.as_slice()).into_owned()
    }
}
