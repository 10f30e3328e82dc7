//! Numbers of worlds.

use std::ops::Range;

use crate::digits::Digits;
use crate::parts::PARTS;
use crate::world::World;

/// Every world, numbered: the worlds of the first part, then those of the second, and so on.
#[derive(Clone, Copy, Debug)]
pub struct Worlds {
    sizes: [u64; PARTS.len()],
}

impl Default for Worlds {
    fn default() -> Self {
        Self { sizes: PARTS.map(|(_, make)| Digits::count(make)) }
    }
}

impl Worlds {
    /// How many there are.
    pub fn total(&self) -> u64 {
        self.sizes.iter().sum()
    }

    /// The parts: name, and numbers of its worlds.
    pub fn parts(&self) -> impl Iterator<Item = (&'static str, Range<u64>)> {
        let mut start = 0;
        PARTS.into_iter().zip(self.sizes).map(move |((name, _), size)| {
            let numbers = start..start + size;
            start = numbers.end;
            (name, numbers)
        })
    }

    /// The world with a number below [`Self::total`].
    pub fn world(&self, number: u64) -> World {
        let mut within = number;
        for ((_, make), size) in PARTS.into_iter().zip(self.sizes) {
            if within < size {
                return make(&mut Digits::of(within));
            }
            within -= size;
        }
        panic!("there is no world {number}: there are {}", self.total());
    }

    /// The numbers of slice `number` of `of`, counted from 1.
    pub fn slice(&self, number: u64, of: u64) -> Range<u64> {
        let border = |slice: u64| (u128::from(self.total()) * u128::from(slice) / u128::from(of)) as u64;
        border(number - 1)..border(number)
    }

    /// The same `per_part` numbers of each part every time, spread over it. Steps of the golden section hit every digit evenly,
    /// also where a fixed step would meet the same digits again and again.
    pub fn sample(&self, per_part: u64) -> impl Iterator<Item = u64> {
        self.parts().flat_map(move |(_, numbers)| {
            let size = numbers.end - numbers.start;
            let golden = (size as f64 * 0.618_033_988_749_895) as u64;
            let step = (golden.max(1)..).find(|step| common_divisor(*step, size) == 1).unwrap_or(1);
            (0..per_part.min(size)).map(move |at| {
                let number = u128::from(at) * u128::from(step) % u128::from(size);
                numbers.start + number as u64
            })
        })
    }
}

const fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}
