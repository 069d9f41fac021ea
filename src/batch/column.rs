//! One input as a slice of any of the accepted element types.

/// A borrowed column of numbers. Slices of `usize` and `isize` become columns of the integers of
/// their size.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Column<'a> {
    /// 32-bit floats.
    F32(&'a [f32]),
    /// 64-bit floats.
    F64(&'a [f64]),
    /// Booleans.
    Bool(&'a [bool]),
    /// Bytes.
    U8(&'a [u8]),
    /// Signed 32-bit integers.
    I32(&'a [i32]),
    /// Unsigned 32-bit integers.
    U32(&'a [u32]),
    /// Signed 64-bit integers.
    I64(&'a [i64]),
    /// Unsigned 64-bit integers.
    U64(&'a [u64]),
}

macro_rules! columns {
    ($($variant:ident $element:ident),*) => {
        impl Column<'_> {
            /// Number of samples.
            pub fn len(&self) -> usize {
                match self { $(Self::$variant(slice) => slice.len()),* }
            }

            /// Whether there are no samples.
            pub fn is_empty(&self) -> bool {
                self.len() == 0
            }

            /// Name of the element type.
            pub fn dtype(&self) -> &'static str {
                match self { $(Self::$variant(_) => stringify!($element)),* }
            }

            /// The samples of `range`, which must lie within the column.
            pub(crate) fn slice(&self, range: std::ops::Range<usize>) -> Self {
                match self { $(Self::$variant(slice) => Self::$variant(&slice[range])),* }
            }
        }

        $(impl<'a> From<&'a [$element]> for Column<'a> {
            fn from(slice: &'a [$element]) -> Self { Self::$variant(slice) }
        }

        impl<'a> From<&'a Vec<$element>> for Column<'a> {
            fn from(slice: &'a Vec<$element>) -> Self { Self::$variant(slice) }
        }

        impl<'a, const N: usize> From<&'a [$element; N]> for Column<'a> {
            fn from(slice: &'a [$element; N]) -> Self { Self::$variant(slice) }
        })*
    };
}

columns!(F32 f32, F64 f64, Bool bool, U8 u8, I32 i32, U32 u32, I64 i64, U64 u64);

/// Integers of the size of pointers are read as those of a fixed size, without a copy.
macro_rules! pointer_sized_columns {
    ($($element:ty, $width:literal => $variant:ident);* $(;)?) => {
        $(
            #[cfg(target_pointer_width = $width)]
            impl<'a> From<&'a [$element]> for Column<'a> {
                fn from(slice: &'a [$element]) -> Self {
                    Self::$variant(bytemuck::cast_slice(slice))
                }
            }

            #[cfg(target_pointer_width = $width)]
            impl<'a> From<&'a Vec<$element>> for Column<'a> {
                fn from(slice: &'a Vec<$element>) -> Self { slice.as_slice().into() }
            }

            #[cfg(target_pointer_width = $width)]
            impl<'a, const N: usize> From<&'a [$element; N]> for Column<'a> {
                fn from(slice: &'a [$element; N]) -> Self { slice.as_slice().into() }
            }
        )*
    };
}

pointer_sized_columns! {
    usize, "64" => U64;
    isize, "64" => I64;
    usize, "32" => U32;
    isize, "32" => I32;
}

impl Column<'_> {
    /// Whether narrowing to `f32` may round an element.
    pub(crate) fn may_round(&self) -> bool {
        !matches!(self, Self::F32(_) | Self::Bool(_) | Self::U8(_))
    }

    /// Whether elements are whole numbers.
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self, Self::U8(_) | Self::I32(_) | Self::U32(_) | Self::I64(_) | Self::U64(_))
    }
}

/// A label with which elements of every type are compared. It need not be a class.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Label {
    integer: i64,
    /// NaN, which equals nothing, if no `f64` is that number.
    real: f64,
}

impl Label {
    pub fn new(integer: i64) -> Self {
        let real = integer as f64;
        Self { integer, real: if real as i128 == integer.into() { real } else { f64::NAN } }
    }

    /// The label.
    #[cfg(feature = "gpu")]
    pub fn integer(self) -> i64 {
        self.integer
    }

    /// The class, if it is one of `classes`.
    pub fn class(self, classes: u32) -> Option<u32> {
        u32::try_from(self.integer).ok().filter(|&class| class < classes)
    }
}

/// An element as a real number, as a class and as a label.
pub(crate) trait Element: Copy {
    /// The nearest `f64`.
    fn real(self) -> f64;

    /// The class; `u32::MAX`, which is never a class, if this is not a whole number from 0.
    #[inline(always)]
    fn class(self) -> u32 {
        let real = self.real();
        // Saturates: negative numbers and NaN become 0, which they do not equal.
        let class = real as u32;
        if f64::from(class) == real { class } else { u32::MAX }
    }

    /// Whether it is that label.
    #[inline(always)]
    fn is(self, label: Label) -> bool {
        self.real() == label.real
    }
}

/// The class of a one-hot row: `u32::MAX` unless one element is 1 and all others are 0.
pub(super) fn one_hot_class<T: Element>(row: &[T]) -> u32 {
    let mut one_hot_class = u32::MAX;
    for (class, element) in (0..).zip(row) {
        match element.class() {
            0 => {}
            1 if one_hot_class == u32::MAX => one_hot_class = class,
            _ => return u32::MAX,
        }
    }
    one_hot_class
}

macro_rules! elements {
    ($($element:ty: |$x:ident| $real:expr $(, $is:expr)?);* $(;)?) => {
        $(impl Element for $element {
            #[inline(always)]
            fn real(self) -> f64 { let $x = self; $real }

            $(#[inline(always)]
            fn is(self, label: Label) -> bool { $is(self, label.integer) })?
        })*
    };
}

elements! {
    f32: |x| x.into();
    f64: |x| x;
    bool: |x| u8::from(x).into();
    u8: |x| x.into();
    i32: |x| x.into();
    u32: |x| x.into();
    // Some 64-bit integers are not f64 numbers.
    i64: |x| x as f64, |x: i64, label: i64| x == label;
    u64: |x| x as f64, |x: u64, label: i64| i64::try_from(x) == Ok(label);
}

/// Elements that are searched at a time, without branches: enough to vectorise.
const SEARCH_CHUNK: usize = 1024;

/// The index of the first element that is `bad` and whose index matters.
pub(super) fn first<T: Copy>(
    slice: &[T],
    bad: impl Fn(T) -> bool,
    matters: impl Fn(usize) -> bool,
) -> Option<usize> {
    let starts = (0..slice.len()).step_by(SEARCH_CHUNK);
    starts.zip(slice.chunks(SEARCH_CHUNK)).find_map(|(start, chunk)| {
        let suspicious = chunk.iter().fold(false, |any, &x| any | bad(x));
        let rows = start..start + if suspicious { chunk.len() } else { 0 };
        rows.into_iter().find(|&row| bad(slice[row]) && matters(row))
    })
}

/// The bits of a row of numbers, each the nearest `f32`.
pub(super) fn row_bits<T: Element>(row: &[T]) -> impl Iterator<Item = u32> {
    row.iter().map(|x| (x.real() as f32).to_bits())
}

/// Runs `$body` with `$slice` bound to the typed slice of a column.
macro_rules! with_column {
    ($column:expr, $slice:ident => $body:expr) => {
        match $column {
            $crate::batch::Column::F32($slice) => $body,
            $crate::batch::Column::F64($slice) => $body,
            $crate::batch::Column::Bool($slice) => $body,
            $crate::batch::Column::U8($slice) => $body,
            $crate::batch::Column::I32($slice) => $body,
            $crate::batch::Column::U32($slice) => $body,
            $crate::batch::Column::I64($slice) => $body,
            $crate::batch::Column::U64($slice) => $body,
        }
    };
}
pub(crate) use with_column;
