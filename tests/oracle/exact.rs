//! Compares the exact sum with rational numbers, for arbitrary bit patterns.

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{FromPrimitive, Signed, Zero};
use proptest::prelude::*;
use serde_json::json;
use weighbridge::ExactSum;
use weighbridge::exact::OutOfRange;
use weighbridge::internals::exact::{UNIT_EXPONENT, WORDS};

/// 2^64, the first weight that is too large.
const LIMIT: f64 = 18_446_744_073_709_551_616.0;

/// The exponent of the first value that is too large.
const VALUE_LIMIT_EXPONENT: i32 = 384;

/// The rational value of a finite float.
fn rational(number: f64) -> BigRational {
    BigRational::from_float(number).expect("a finite number")
}

fn power_of_two(exponent: i32) -> BigRational {
    BigRational::from_integer(2.into()).pow(exponent)
}

/// The words of a sum, from its literal: two's complement, least significant first.
fn words(sum: &ExactSum) -> [u64; WORDS] {
    let value = serde_json::to_value(sum).expect("a sum serialises");
    let (mantissa, exponent) = value.as_str().and_then(|s| s.split_once('p')).expect("a literal");
    let digits = mantissa.replace("0x", "");
    let integer = BigInt::parse_bytes(digits.as_bytes(), 16).expect("hexadecimal digits");
    let exponent: i32 = exponent.parse().expect("an exponent");
    let integer = integer << (exponent - UNIT_EXPONENT);
    let mut bytes = integer.to_signed_bytes_le();
    let sign = if integer.sign() == Sign::Minus { 0xff } else { 0 };
    bytes.resize(8 * WORDS, sign);
    let word = |index: usize| bytes[8 * index..][..8].try_into().map(u64::from_le_bytes);
    std::array::from_fn(|index| word(index).expect("eight bytes"))
}

fn from_words(words: [u64; WORDS]) -> ExactSum {
    let bytes: Vec<_> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    let integer = BigInt::from_signed_bytes_le(&bytes);
    let sign = if integer.sign() == Sign::Minus { "-" } else { "" };
    let literal = format!("{sign}0x{:x}p{UNIT_EXPONENT}", integer.magnitude());
    serde_json::from_value(json!(literal)).expect("words make a sum")
}

/// The rational value of the words.
fn rational_of_words(words: [u64; WORDS]) -> BigRational {
    let (top, rest) = words.split_last().expect("there are words");
    let mut total = BigRational::from_i64(*top as i64).expect("an integer");
    for &word in rest.iter().rev() {
        total = total * power_of_two(64) + BigRational::from_u64(word).expect("an integer");
    }
    total * power_of_two(UNIT_EXPONENT)
}

/// Fails unless the sum is exactly `expected`, and reads as the `f64` nearest to it.
fn check(sum: &ExactSum, expected: &BigRational) -> Result<(), TestCaseError> {
    prop_assert_eq!(&rational_of_words(words(sum)), expected);
    prop_assert_eq!(sum.is_zero(), expected.is_zero());
    prop_assert_eq!(sum.is_negative(), expected.is_negative());
    check_rounding(sum.to_f64(), expected)
}

/// Fails unless `rounded` is the `f64` nearest to `exact`, the even one of two.
fn check_rounding(rounded: f64, exact: &BigRational) -> Result<(), TestCaseError> {
    prop_assert!(rounded.is_finite());
    prop_assert_eq!(rounded.is_sign_negative(), exact.is_negative(), "the sign of {}", rounded);
    let distance = (rational(rounded) - exact).abs();
    let even = rounded.to_bits() & 1 == 0;
    for neighbour in [rounded.next_down(), rounded.next_up()] {
        let other = (rational(neighbour) - exact).abs();
        let nearest = distance < other || (distance == other && even);
        prop_assert!(nearest, "{:e} instead of {:e}", rounded, neighbour);
    }
    Ok(())
}

/// One call.
#[derive(Clone, Copy, Debug)]
enum Call {
    Add(f64),
    AddProduct(f64, f64),
}

impl Call {
    fn on(self, sum: &mut ExactSum) -> Result<(), OutOfRange> {
        match self {
            Self::Add(value) => sum.add(value),
            Self::AddProduct(weight, value) => sum.add_product(weight, value),
        }
    }

    /// The number that it adds; none if the call must be refused.
    fn expected(self) -> Option<BigRational> {
        let in_range = |value: f64| value.abs() < 2_f64.powi(VALUE_LIMIT_EXPONENT);
        let number = match self {
            Self::Add(value) if in_range(value) => BigRational::from_float(value)?,
            Self::AddProduct(weight, value) if weight.abs() < LIMIT && in_range(value) => {
                BigRational::from_float(weight)? * BigRational::from_float(value)?
            }
            _ => return None,
        };
        let is_multiple = (&number * power_of_two(-UNIT_EXPONENT)).is_integer();
        is_multiple.then_some(number)
    }
}

/// Any `f64`: arbitrary bits, and the edges of the range of sums.
fn any_f64() -> impl Strategy<Value = f64> {
    let mantissa = prop_oneof![Just(0), Just(1), Just((1_u64 << 52) - 1), 0_u64..1 << 52];
    let exponent = prop_oneof![
        1 => -1023..=1024,
        4 => -300..=400,
        1 => prop::sample::select(vec![-513, -512, -461, -460, -205, -204, 63, 64, 383, 384]),
    ];
    let parts = (any::<bool>(), exponent, mantissa).prop_map(|(sign, exponent, mantissa)| {
        u64::from(sign) << 63 | ((exponent + 1023) as u64) << 52 | mantissa
    });
    prop_oneof![1 => any::<u64>(), 6 => parts].prop_map(f64::from_bits)
}

/// An `f32` or any `f64`.
fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![any_f32().prop_map(f64::from), any_f64()]
}

/// Any `f32`: arbitrary bits, and all the edges of fields and mantissas.
fn any_f32() -> impl Strategy<Value = f32> {
    let mantissa = prop_oneof![Just(0), Just(1), Just(0x7f_ffff), 0_u32..1 << 23];
    let field = prop_oneof![
        8 => 0_u32..=255,
        1 => prop::sample::select(vec![0_u32, 1, 2, 126, 127, 128, 190, 191, 254, 255]),
    ];
    let parts = (any::<bool>(), field, mantissa)
        .prop_map(|(sign, field, mantissa)| u32::from(sign) << 31 | field << 23 | mantissa);
    prop_oneof![any::<u32>(), parts].prop_map(f32::from_bits)
}

/// Any number that a sum accepts as a weight, including both signs and zero.
fn any_weight() -> impl Strategy<Value = f32> {
    any_f32().prop_map(|x| {
        let field = (x.to_bits() >> 23 & 0xff) % 191;
        f32::from_bits(x.to_bits() & 0x807f_ffff | field << 23)
    })
}

fn any_call() -> impl Strategy<Value = Call> {
    prop_oneof![
        any_number().prop_map(Call::Add),
        (any_number(), any_number()).prop_map(|(weight, value)| Call::AddProduct(weight, value)),
        (any_weight(), any_f32())
            .prop_map(|(weight, value)| Call::AddProduct(weight.into(), value.into())),
    ]
}

/// Any integer of the sum's width: words that are random, all zeros or all ones cause long carries.
fn any_words() -> impl Strategy<Value = [u64; WORDS]> {
    prop::array::uniform16(prop_oneof![Just(0), Just(u64::MAX), Just(1), any::<u64>()])
}

fn settings() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) }
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn every_call_adds_exactly_or_is_refused(calls in prop::collection::vec(any_call(), 0..24)) {
        let mut sum = ExactSum::ZERO;
        let mut total = BigRational::zero();
        for call in calls {
            let before = sum;
            match (call.on(&mut sum), call.expected()) {
                (Ok(()), Some(addend)) => total += addend,
                (Err(_), None) => prop_assert_eq!(sum, before, "changed by a refused call"),
                (result, expected) => prop_assert!(false, "{result:?} for {call:?}: {expected:?}"),
            }
            check(&sum, &total)?;
        }
    }

    #[test]
    fn carries_run_the_whole_width(words in any_words(), weight in any_weight(), value in any_f32()) {
        prop_assume!(value.is_finite());
        // Away from the top, which 2^63 additions do not reach.
        let mut start = words;
        start[WORDS - 1] = ((words[WORDS - 1] as i64) >> 8) as u64;
        let mut sum = from_words(start);
        let total = rational_of_words(start);
        check(&sum, &total)?;
        sum.add(value)?;
        let total = total + rational(value.into());
        check(&sum, &total)?;
        sum.add_product(weight, value)?;
        check(&sum, &(total + rational(weight.into()) * rational(value.into())))?;
    }

    #[test]
    fn merging_is_addition(a in any_words(), b in any_words()) {
        let halved = |mut words: [u64; WORDS]| {
            words[WORDS - 1] = ((words[WORDS - 1] as i64) >> 1) as u64;
            words
        };
        let (a, b) = (halved(a), halved(b));
        let mut sum = from_words(a);
        sum.merge(&from_words(b));
        check(&sum, &(rational_of_words(a) + rational_of_words(b)))?;
    }

    #[test]
    fn order_and_split_do_not_matter(
        (calls, shuffled) in prop::collection::vec(any_call(), 0..40)
            .prop_flat_map(|calls| (Just(calls.clone()), Just(calls).prop_shuffle())),
        parts in 1_usize..8,
    ) {
        let whole = |calls: &[Call]| {
            let mut sum = ExactSum::ZERO;
            for call in calls {
                let _ = call.on(&mut sum); // refused calls add nothing
            }
            sum
        };
        let expected = whole(&calls);
        prop_assert_eq!(whole(&shuffled), expected);
        let split: Vec<_> = shuffled.chunks(shuffled.len().div_ceil(parts).max(1)).collect();
        prop_assert_eq!(split.iter().map(|part| whole(part)).sum::<ExactSum>(), expected);
        prop_assert_eq!(split.iter().rev().map(|part| whole(part)).sum::<ExactSum>(), expected);
    }

    #[test]
    fn halfway_cases_round_to_even(
        mantissa in 1_u64 << 52..1 << 53,
        position in 0_u32..950,
        below in 0_u32..950,
        negative in any::<bool>(),
    ) {
        let negate = |words: [u64; WORDS]| if negative { negated(words) } else { words };
        let tie = placed(2 * mantissa + 1, position);
        let sum = from_words(negate(tie));
        check_rounding(sum.to_f64(), &rational_of_words(words(&sum)))?;
        let even = (mantissa + (mantissa & 1)) as f64;
        let expected = even * 2_f64.powi(position as i32 + 1 + UNIT_EXPONENT);
        prop_assert_eq!(sum.to_f64(), if negative { -expected } else { expected });

        // A single bit anywhere below decides the tie.
        prop_assume!(below < position);
        let mut above = tie;
        above[below as usize / 64] |= 1 << (below % 64);
        let sum = from_words(negate(above));
        let expected = (mantissa + 1) as f64 * 2_f64.powi(position as i32 + 1 + UNIT_EXPONENT);
        prop_assert_eq!(sum.to_f64(), if negative { -expected } else { expected });
    }

    #[test]
    fn integers_are_rounded_to_the_nearest_number(words in any_words()) {
        check_rounding(from_words(words).to_f64(), &rational_of_words(words))?;
    }

    #[test]
    fn serialising_keeps_every_bit(bits in any_words()) {
        let sum = from_words(bits);
        prop_assert_eq!(words(&sum), bits);
        let text = serde_json::to_string(&sum)?;
        prop_assert_eq!(serde_json::from_str::<ExactSum>(&text)?, sum);
        let mut bytes = Vec::new();
        ciborium::into_writer(&sum, &mut bytes).expect("bytes");
        prop_assert_eq!(ciborium::from_reader::<ExactSum, _>(&bytes[..]).expect("a sum"), sum);
    }
}

/// `integer` · 2^`position`.
fn placed(integer: u64, position: u32) -> [u64; WORDS] {
    let wide = u128::from(integer) << (position % 64);
    let start = position as usize / 64;
    let mut words = [0; WORDS];
    words[start] = wide as u64;
    if wide >> 64 != 0 {
        words[start + 1] = (wide >> 64) as u64;
    }
    words
}

fn negated(words: [u64; WORDS]) -> [u64; WORDS] {
    let mut carry = true;
    words.map(|word| {
        let (word, over) = (!word).overflowing_add(carry.into());
        carry = over;
        word
    })
}

#[test]
fn there_is_room_for_two_to_the_63_largest_products() -> Result<(), OutOfRange> {
    let weight = LIMIT.next_down();
    let largest = 2_f64.powi(VALUE_LIMIT_EXPONENT).next_down();
    for value in [largest, -largest] {
        let mut sum = ExactSum::ZERO;
        sum.add_product(weight, value)?;
        let mut total = rational(weight) * rational(value);
        for _ in 0..63 {
            sum.merge(&sum.clone());
            total *= power_of_two(1);
            check(&sum, &total).expect("the sum has not overflowed");
        }
        let mut back = ExactSum::ZERO;
        back.add_product(weight, -value)?;
        for _ in 0..63 {
            back.merge(&back.clone());
        }
        sum.merge(&back);
        assert!(sum.is_zero(), "{sum:?}");
    }
    Ok(())
}

#[test]
fn the_smallest_product_is_the_unit() -> Result<(), OutOfRange> {
    // A weight and a value that are the smallest of their kinds.
    let (weight, value) = (2_f64.powi(-190), 2_f64.powi(-322));
    let mut sum = ExactSum::ZERO;
    sum.add_product(weight, -value)?;
    assert_eq!(words(&sum), [u64::MAX; WORDS]);
    assert_eq!(sum.to_f64(), -(2_f64.powi(UNIT_EXPONENT)));
    sum.add_product(weight, value)?;
    assert_eq!(words(&sum), [0; WORDS]);
    Ok(())
}

#[test]
fn errors_name_the_refused_input() {
    let mut sum = ExactSum::ZERO;
    for value in [f64::INFINITY, f64::NEG_INFINITY, f64::NAN] {
        let refused = |number: f64| number.to_bits() == value.to_bits();
        assert!(sum.add(value).is_err_and(|error| refused(error.number)));
        assert!(sum.add_product(1.0, value).is_err_and(|error| refused(error.number)));
        assert!(sum.add_product(value, 1.0).is_err_and(|error| refused(error.number)));
    }
    for weight in [LIMIT, -LIMIT] {
        let error = sum.add_product(weight, 1.0).expect_err("the weight is too large");
        assert_eq!(error, OutOfRange { number: weight });
        assert_eq!(
            error.to_string(),
            format!(
                "{weight:?} cannot be added to an exact sum: values must be below 2^384 and \
                 weights below 2^64 in magnitude, and they and their products must be multiples of \
                 2^-512"
            ),
        );
    }
    assert_eq!(sum, ExactSum::ZERO);
}

#[test]
fn sums_serialise_as_literals_or_as_short_bytes() {
    let sum = |values: &[f32]| {
        let mut sum = ExactSum::ZERO;
        values.iter().for_each(|&value| sum.add(value).expect("a finite number"));
        sum
    };
    for (values, literal, bytes) in [
        (&[][..], "0x0p0", &[][..]),
        (&[1.0], "0x1p0", &[0, 2, 1]),
        (&[-0.5, -0.125], "-0x5p-3", &[0xfd, 1, 0xfb]),
        (&[24_889.0], "0x6139p0", &[0, 2, 0x39, 0x61]),
        (&[128.0], "0x1p7", &[7, 2, 1]),
    ] {
        let sum = sum(values);
        assert_eq!(json!(sum), json!(literal));
        let mut found = Vec::new();
        ciborium::into_writer(&sum, &mut found).expect("bytes");
        assert_eq!(found[1..], *bytes, "{literal}");
    }
    // The largest integers of 1024 bits, and those that are too large.
    let parse = |text: &str| serde_json::from_value::<ExactSum>(json!(text));
    assert!(parse("-0x1p511").expect("the least sum of all").is_negative());
    for text in
        ["0x1p511", "-0x11p507", "-0x3p511", "0x1p-513", "0x1p2147483647", "0x1p-2147483648"]
    {
        let error = parse(text).expect_err(text).to_string();
        let expected =
            "expected an exact sum such as \"-0x5p-3\", a multiple of 2^-512 below 2^511";
        assert!(error.ends_with(expected), "{error}");
    }
    for text in ["", "1", "0x", "0xp1", "0x1", "0x1.8p1", "0x-1p1", "--0x1p1", "0x1p1.5", "x1p1"] {
        assert!(parse(text).is_err(), "{text}");
    }
    let of_bytes = |bytes: &[u8]| {
        let mut cbor = vec![0x40 + bytes.len() as u8];
        cbor.extend(bytes);
        ciborium::from_reader::<ExactSum, _>(&cbor[..])
    };
    assert_eq!(of_bytes(&[0, 2, 1]).expect("one"), sum(&[1.0]));
    assert!(of_bytes(&[0]).is_err());
    assert!(of_bytes(&[0xff, 0xff, 1]).is_err());
    assert!(of_bytes(&[0xff, 3, 1]).is_err(), "2^1023 units have no sign bit");
    assert!(of_bytes(&[0xff, 3, 0xff]).expect("the least sum").is_negative());
}
