//! Changes of single values.

/// Change of a value: it keeps what it is, or is set. A value that may be cleared is a `Patch<Option<T>>`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// No change.
    #[default]
    Keep,
    /// The new value.
    Set(T),
}

impl<T> Patch<T> {
    /// True if the value is set, be it to what it is already.
    pub const fn is_set(&self) -> bool {
        matches!(self, Self::Set(_))
    }

    /// The value after the change.
    pub fn or(self, before: T) -> T {
        match self {
            Self::Keep => before,
            Self::Set(value) => value,
        }
    }

    /// The value after the change, of one that is borrowed.
    pub fn or_clone(self, before: &T) -> T
    where
        T: Clone,
    {
        match self {
            Self::Keep => before.clone(),
            Self::Set(value) => value,
        }
    }

    /// The new value; none where there is no change.
    pub fn set(self) -> Option<T> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(value),
        }
    }

    /// The same change without its value being moved.
    pub const fn as_ref(&self) -> Patch<&T> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Set(value) => Patch::Set(value),
        }
    }

    /// The change with a value made of the new one.
    pub fn map<U>(self, with: impl FnOnce(T) -> U) -> Patch<U> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Set(value) => Patch::Set(with(value)),
        }
    }

    /// The change with a value made of the new one, which may be refused.
    ///
    /// # Errors
    /// Those of `with`.
    pub fn try_map<U, E>(self, with: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Keep => Patch::Keep,
            Self::Set(value) => Patch::Set(with(value)?),
        })
    }
}

impl<T> From<Option<T>> for Patch<T> {
    /// None is no change.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Keep, Self::Set)
    }
}
