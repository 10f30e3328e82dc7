//! Mixed-radix counting: a number is taken apart into one choice after the other.

/// A number from which choices are taken, the first one varying fastest.
pub(crate) struct Digits {
    rest: u64,
    combinations: u64,
}

impl Digits {
    /// The digits of `number`.
    pub(crate) const fn of(number: u64) -> Self {
        Self { rest: number, combinations: 1 }
    }

    /// How many numbers `make` tells apart. Its lists of options must not depend on what it picked.
    pub(crate) fn count<T>(make: impl Fn(&mut Self) -> T) -> u64 {
        let mut digits = Self::of(0);
        make(&mut digits);
        digits.combinations
    }

    /// The next choice. The options must differ, or two numbers are one world.
    pub(crate) fn pick<T: Copy>(&mut self, options: &[T]) -> T {
        options[self.below(options.len() as u64) as usize]
    }

    /// None, or one of what `make` makes.
    pub(crate) fn optional<T>(&mut self, make: impl Fn(&mut Self) -> T) -> Option<T> {
        let which = self.below(Self::count(&make) + 1);
        which.checked_sub(1).map(|which| make(&mut Self::of(which)))
    }

    const fn below(&mut self, radix: u64) -> u64 {
        let digit = self.rest % radix;
        self.rest /= radix;
        self.combinations *= radix;
        digit
    }
}
